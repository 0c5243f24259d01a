"""One slice of a channel's deliveries: claimed, handed over, noted.

The messages of a slice are handed over by the channel's threads, while this thread notes what
became of them, all that are ready in one transaction (as a database commits groups). So a `kill -9`
leaves at most those unnoted that were handed over during one commit; they are handed over again,
under the same key. docs/explanation/notices.md says what that means for each channel.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from madang.city.api import profile
from madang.kernel.errors import MadangError, Unavailable
from madang.kernel.logs import logger
from madang.kernel.metrics import counter
from madang.kernel.times import now
from madang.notices import addresses, lanes, outcomes
from madang.notices.channels import setup
from madang.notices.channels.port import Channel, Gone, Message, Refused, TryLater
from madang.notices.links import confirm_url, manage_url, stop_url
from madang.notices.models import Delivery, Lane, NoticeText
from madang.notices.outcomes import Outcome
from madang.notices.purposes import DELIVER, opened
from madang.notices.rules import ANSWER
from madang.notices.spread import OPEN, hold_until, word
from madang.notices.texts import CONFIRM, MANAGE, origin_url, personal

SLICE = 500
State = Delivery.State
MESSAGES = counter("madang_notices_total", "Messages by what became of them.", ["channel", "state"])


@dataclass(frozen=True)
class _Text:
    """A notice's words in one language."""

    title: str
    short: str
    text: str
    html: str


@opened(DELIVER)
def deliver_slice(channel: str, size: int = SLICE) -> datetime | None:
    """Hand over one slice; return when the next one is due, None where nothing waits.

    Where another slice has the lane, or the channel rests, nothing happens.
    """
    turn = lanes.take(channel, setup.rate(channel), size)
    if turn is None:
        return _next_due(channel)
    trouble, handled = "", 0
    try:
        claimed = _claim(turn)
        handled, trouble = _hand_over(turn, claimed)
    except MadangError as error:  # the channel is set up wrongly, or is not there any more
        trouble = error.message
        _put_back(turn)
    finally:
        lanes.leave(turn, unused=turn.allowed - handled, trouble=trouble)
    return _next_due(channel)


def _next_due(channel: str) -> datetime | None:
    """Return when the lane should run next: what is due, the rate and its rest considered."""
    waiting = Delivery.objects.filter(channel=channel, state__in=(*OPEN, State.SENDING))
    due: datetime | None = waiting.order_by("due").values_list("due", flat=True).first()
    if due is None:
        return None
    moment = now()
    times = [due, moment]
    lane = Lane.objects.filter(pk=channel).first()
    if lane is not None:
        times += [at for at in (lane.free_at, lane.leased_until) if at]
        rate = setup.rate(channel)
        missing = min(rate, SLICE) - lane.tokens  # a second's worth makes a slice worth while
        if missing > 0 and lane.filled_at:
            times.append(lane.filled_at + timedelta(seconds=missing / rate))
    return max(times)


@transaction.atomic
def _claim(turn: lanes.Turn) -> list[Delivery]:
    """Take the next deliveries, most urgent first; what a slice that died left comes first.

    Only the holder of the lane gets here, so whatever is still marked as being sent was left.
    """
    moment, zone = now(), profile().timezone
    left = Delivery.objects.filter(channel=turn.channel, state=State.SENDING)
    left.exclude(claim=turn.holder).update(state=State.QUEUED, claim="")
    ready = Delivery.objects.filter(channel=turn.channel, state__in=OPEN, due__lte=moment)
    rows = list(
        ready.select_for_update(of=("self",))
        .select_related("notice", "contact__subscriber", "sign_up")
        .order_by("priority", "id")[: turn.allowed]
    )
    expired = [row.pk for row in rows if row.notice.expires and row.notice.expires <= moment]
    orphans = [row.pk for row in rows if row.contact is None and row.sign_up is None]
    _note(expired, state=State.EXPIRED)
    _note(orphans, state=State.EXPIRED, error="nobody wants it any more")
    out = {*expired, *orphans}
    for row in rows:
        if row.contact is not None and row.pk not in out:
            wake = hold_until(row.notice, row.contact, moment, zone)
            if wake is not None:
                out.add(row.pk)
                _note([row.pk], state=State.HELD, due=wake)
    mine = [row for row in rows if row.pk not in out]
    _note([row.pk for row in mine], state=State.SENDING, claim=turn.holder)
    return mine


def _note(keys: Sequence[int], **changes: object) -> None:
    if keys:
        Delivery.objects.filter(pk__in=keys).update(**changes)


def _put_back(turn: lanes.Turn) -> None:
    mine = Delivery.objects.filter(channel=turn.channel, state=State.SENDING, claim=turn.holder)
    mine.update(state=State.QUEUED, claim="")


def _hand_over(turn: lanes.Turn, rows: Sequence[Delivery]) -> tuple[int, str]:
    """Hand all over and note what became of them; return how many were tried, and the trouble."""
    if not rows:
        return 0, ""
    channel = setup.channel(turn.channel)
    words = _words(rows)
    pairs = [(row, _message(row, words[row.notice_id, row.language])) for row in rows]
    if channel.parallel == 0:
        return _one_by_one(turn, channel, pairs)
    return _in_parallel(turn, channel, pairs)


def _one_by_one(
    turn: lanes.Turn, channel: Channel, pairs: Sequence[tuple[Delivery, Message]]
) -> tuple[int, str]:
    halt = _Halt()
    for start in range(0, len(pairs), 50):
        with transaction.atomic():  # the channel's own rows and our note commit together
            batch = pairs[start : start + 50]
            _settle(turn, [(row, _attempt(channel, message, halt)) for row, message in batch])
    return len(pairs) - halt.untried, halt.trouble


def _in_parallel(
    turn: lanes.Turn, channel: Channel, pairs: Sequence[tuple[Delivery, Message]]
) -> tuple[int, str]:
    halt = _Halt()
    with ThreadPoolExecutor(channel.parallel, thread_name_prefix=f"notices-{channel.name}") as pool:
        waiting: dict[Future[Outcome], Delivery] = {
            pool.submit(_attempt, channel, message, halt): row for row, message in pairs
        }
        while waiting:
            done, _ = wait(waiting, timeout=5.0, return_when=FIRST_COMPLETED)
            with transaction.atomic():
                if not lanes.keep(turn):
                    halt.stop("another slice has taken the lane")
                _settle(turn, [(waiting.pop(future), future.result()) for future in done])
    return len(pairs) - halt.untried, halt.trouble


class _Halt:
    """Tells the threads of a slice to try nothing more, and why."""

    def __init__(self) -> None:
        self.trouble = ""
        self.untried = 0
        self._lock = threading.Lock()

    def stop(self, trouble: str) -> None:
        self.trouble = self.trouble or trouble

    def count(self) -> None:
        with self._lock:
            self.untried += 1


def _attempt(channel: Channel, message: Message, halt: _Halt) -> Outcome:
    if halt.trouble:
        halt.count()
        return outcomes.untried()
    try:
        return outcomes.sent(channel.send(message))
    except Unavailable as error:
        halt.stop(error.message)
        halt.count()
        return outcomes.untried()
    except (TryLater, Refused, Gone) as error:
        return outcomes.of(error)
    except Exception as error:  # an adapter's own fault; never log what it was given
        logger("notices").error("a channel failed", channel=channel.name, kind=type(error).__name__)
        return outcomes.later(f"the channel failed: {type(error).__name__}")


def _settle(turn: lanes.Turn, found: Iterable[tuple[Delivery, Outcome]]) -> None:
    for state, count in outcomes.settle(list(found)).items():
        MESSAGES.labels(turn.channel, state).inc(count)


def _words(rows: Sequence[Delivery]) -> dict[tuple[int, str], _Text]:
    """Return the words of each notice and language in the slice; missing ones are made."""
    wanted = {(row.notice_id, row.language): row.notice for row in rows}
    match = Q(pk__in=[])
    for notice_id, language in wanted:
        match |= Q(notice_id=notice_id, language=language)
    found = _texts(match)
    missing = wanted.keys() - found.keys()
    for notice_id, language in missing:
        word(wanted[notice_id, language], {language})
    return _texts(match) if missing else found


def _texts(match: Q) -> dict[tuple[int, str], _Text]:
    return {
        (row.notice_id, row.language): _Text(row.title, row.short, row.text, row.html)
        for row in NoticeText.objects.filter(match)
    }


def _message(row: Delivery, words: _Text) -> Message:
    """Return the delivery as one final message."""
    who = row.contact.subscriber if row.contact is not None else None
    target = row.contact or row.sign_up
    assert target is not None, "claimed rows have somebody to reach"
    manage = manage_url(who.key) if who is not None else ""
    confirm = confirm_url(row.sign_up.key) if row.sign_up is not None else ""
    links = {MANAGE: manage, CONFIRM: confirm}
    notice = row.notice
    link = confirm or origin_url(notice.path)
    is_phone = row.channel in addresses.PHONE_CHANNELS
    return Message(
        key=row.key,
        channel=row.channel,
        address=addresses.unseal(row.channel, target.address),
        language=row.language,
        title=words.title,
        short=f"{words.short} {link}".strip() if is_phone else words.short,
        text=personal(words.text, links),
        html=personal(words.html, links, is_html=True),
        url=link,
        confirm_url=confirm,
        manage_url=manage,
        stop_url=stop_url(who.key) if who is not None else "",
        topic=notice.thread if row.contact is not None else row.key,
        is_urgent=notice.priority <= ANSWER,
        ttl_s=_ttl_s(notice.expires),
    )


def _ttl_s(expires: datetime | None) -> int:
    """Return how long a push service keeps the message for a browser that is off [s]."""
    day_s = 86_400
    if expires is None:
        return day_s
    return max(60, min(7 * day_s, int((expires - now()).total_seconds())))
