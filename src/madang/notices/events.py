"""What notices announces."""

from __future__ import annotations

from typing import ClassVar

from madang.kernel.events import Event


class DeskChanged(Event, frozen=True, kw_only=True):
    """Something on the operators' desk is new or has changed: who shows it looks again.

    It says no more, because public events reach everybody who listens.
    """

    NAME: ClassVar[str] = "notices.desk_changed"
    PUBLIC: ClassVar[bool] = True


class PeopleTold(Event, frozen=True, kw_only=True):
    """Something that single people are told; rooms above derive their own from it.

    `WORDS` names ``f(event) -> list[identity.api.Outgoing]``, asked when the messages go out: what
    is past by then, or was cancelled, returns none. The event itself carries ids, no words. A room
    subscribes ``madang.notices.account_messages:told`` to it.
    """

    WORDS: ClassVar[str]


class PersonTold(Event, frozen=True, kw_only=True):
    """What became of a message to a person, on one way: evidence for the matter it belongs to.

    `matter` is ``kind:id``; `state` is sent, failed, posted, delivered, returned, or opened (in
    the inbox); `why` a word, where a letter came back.
    """

    NAME: ClassVar[str] = "notices.person_told"
    message: str
    matter: str
    topic: str
    channel: str
    state: str
    required: bool
    why: str = ""
