"""What a channel is: one method that hands one message over, and what it may answer.

An adapter for a provider of text messages, AlimTalk or voice calls is a class with these members,
named by `MADANG_SMS_PORT` and so on. See docs/how-to/send-alerts-to-people.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from madang.kernel.errors import MadangError


@dataclass(frozen=True)
class Message:
    """One message to one address, all texts final.

    `key` is the same however often the message is tried: a provider that takes an idempotency key
    gets it. `manage_url` is the page on which its reader changes or stops what comes, `stop_url`
    ends the subscription by one POST (RFC 8058); both are empty where there is none yet.
    """

    key: str
    channel: str
    address: str
    language: str
    title: str
    short: str
    text: str
    html: str
    url: str
    confirm_url: str
    manage_url: str
    stop_url: str
    topic: str
    is_urgent: bool
    ttl_s: int


class TryLater(MadangError):
    """The address cannot be reached now; the same message may go through later."""

    code = "try-later"

    def __init__(self, message: str, after: timedelta | None = None) -> None:
        super().__init__(message)
        self.after = after


class Refused(MadangError):
    """The message or the address is refused for good."""

    code = "refused"


class Gone(MadangError):
    """The address does not exist any more: it is removed."""

    code = "gone"


class Channel(Protocol):
    """A way out. `send` is called from `parallel` threads at once; 0: from the job's own thread."""

    name: str
    parallel: int

    def send(self, message: Message) -> str:
        """Hand one message over and return the other side's receipt.

        Raises
        ------
        TryLater, Refused, Gone
            What is wrong with this one message or address; the text names no address.
        Unavailable
            The whole channel is away; no message counts as tried.
        """

    def close(self) -> None:
        """Let go of connections; the next `send` opens them again."""
