"""The port: what an approval provider does for us, and how it can fail.

A provider is down, slow or out of order as a matter of course: each call ends within seconds in an
answer or in `ProviderDown`, and the other ways to sign in stay.
"""

from __future__ import annotations

from typing import Protocol

from madang.identity.engine.approvals import Asked, Confirmed, Progress, Receipt
from madang.kernel.errors import Invalid, Unavailable


class ProviderDown(Unavailable):
    """The provider does not answer, or not sensibly; the reader may take another way."""

    code = "approval-provider-down"


class ProviderRefused(Invalid):
    """The provider does not take this request: no member, verified already, or too late."""

    code = "approval-refused"

    def __init__(self, message: str, provider_code: str = "") -> None:
        super().__init__(message)
        self.provider_code = provider_code


class Provider(Protocol):
    """One approval provider."""

    @property
    def id(self) -> str:
        """Return its name in tables and forms."""

    @property
    def title(self) -> str:
        """Return what people call it."""

    @property
    def same_day(self) -> bool:
        """Return whether it verifies on the day of the request only (`engine.approvals`)."""

    @property
    def signs_token(self) -> bool:
        """Return whether it signs a token of ours."""

    def request(self, asked: Asked) -> Receipt:
        """Send the request to the person's phone.

        Raises
        ------
        ProviderRefused
            If nobody of that name and number is with this provider.
        ProviderDown
        """

    def progress(self, receipt: str) -> Progress:
        """Return how far it has come; raises `ProviderDown`."""

    def verify(self, receipt: str, asked: Asked) -> Confirmed:
        """Return what was signed. Works once.

        Raises
        ------
        ProviderRefused
            If it was verified before, is too old, or was not signed.
        ProviderDown
        """
