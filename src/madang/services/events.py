"""What services announces: versions that come into force or leave it, machines that stop."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class ServicePublished(Event, frozen=True, kw_only=True):
    """A version of a service came into force; `district` is empty for the city's."""

    NAME: ClassVar[str] = "services.published"
    PUBLIC: ClassVar[bool] = True
    service: str
    version: str
    hash: str
    district: str = ""


class ServiceWithdrawn(Event, frozen=True, kw_only=True):
    """A version of a service is in force no more."""

    NAME: ClassVar[str] = "services.withdrawn"
    PUBLIC: ClassVar[bool] = True
    service: str
    version: str
    hash: str
    district: str = ""


class AutomationChanged(Event, frozen=True, kw_only=True):
    """From now on machines decide cases of a service, or none does."""

    NAME: ClassVar[str] = "services.automation_changed"
    PUBLIC: ClassVar[bool] = True
    service: str
    is_on: bool
