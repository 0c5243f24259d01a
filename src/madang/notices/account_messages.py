"""What single people are told: codes, what happened to an account, what comes next in a case.

They are brought out at once, past the lanes and wishes of subscribers: nobody signs up for them,
quiet hours do not hold them, and a code is worth nothing in ten minutes. Words and addresses are
identity's, or of the room that tells; they are kept nowhere here, except in a demonstration
without a mail server, which records them.
"""

from __future__ import annotations

from datetime import timedelta
from html import escape

from madang.identity import api as identity
from madang.identity.events import CodeIssued, SecurityNotice
from madang.kernel.config import settings
from madang.kernel.errors import MadangError, Unavailable
from madang.kernel.events import Event, decode, encode
from madang.kernel.logs import logger
from madang.kernel.registry import load
from madang.notices.channels import setup
from madang.notices.channels.port import Message, TryLater
from madang.notices.errors import NoChannel
from madang.notices.events import PeopleTold
from madang.notices.purposes import DELIVER, opened

Telling = CodeIssued | SecurityNotice | PeopleTold
MOST_TRIES = 12
_FIRST, _LONGEST = timedelta(seconds=5), timedelta(hours=1)


def told(event: Telling) -> None:
    """Ask for a job that brings out what the event tells (subscriber)."""
    from madang.notices.tasks import bring as job

    job.enqueue(event.NAME, encode(event).decode())


@opened(DELIVER)
def bring(name: str, payload: str, left: list[int] | None = None) -> list[int]:
    """Send the messages of an event; return the numbers of those to be tried again.

    Parameters
    ----------
    left : numbers of the messages not sent yet; None: all.
    """
    event = decode(name, payload)
    messages = _messages_of(event)
    wanted = [one for one in messages if left is None or one.number in left]
    return [one.number for one in wanted if not _is_settled(event.id, one)]


def _messages_of(event: Event) -> list[identity.Outgoing]:
    if isinstance(event, PeopleTold):
        found: list[identity.Outgoing] = load(event.WORDS)(event)
        return found
    assert isinstance(event, CodeIssued | SecurityNotice)
    return identity.messages_of(event)


def pause(tries: int) -> timedelta:
    """Return how long to wait after so many tries; it doubles, up to an hour."""
    return min(_FIRST * (1 << tries), _LONGEST)


def _is_settled(event_id: str, one: identity.Outgoing) -> bool:
    """Send a message; return False where another try may succeed. Logs name no address."""
    log = logger("notices")
    try:
        setup.channel(one.channel).send(_message(event_id, one))
    except NoChannel:
        log.warning("an account's owner cannot be told", channel=one.channel)
    except (TryLater, Unavailable) as error:
        log.warning("an account's owner is told later", channel=one.channel, error=error.code)
        return False
    except MadangError as error:
        log.warning("an account's owner was not told", channel=one.channel, error=error.code)
    return True


def _message(event_id: str, one: identity.Outgoing) -> Message:
    url = f"{settings().public_origin}{one.path}"
    return Message(
        key=f"{event_id}:{one.number}",
        channel=one.channel,
        address=one.address,
        language=one.language,
        title=one.title,
        short=one.text,
        text=f"{one.text}\n\n{url}\n",
        html=f"<p>{escape(one.text)}</p><p><a href='{url}'>{url}</a></p>",
        url=url,
        confirm_url="",
        manage_url="",
        stop_url="",
        topic="account",
        is_urgent=True,
        ttl_s=600,
    )
