"""Use cases of people: sign up, confirm, change, stop. No account is needed for any of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hmac import compare_digest

from django.db import transaction
from django.utils.translation import gettext as _

from madang.kernel import audit
from madang.kernel.errors import Conflict, Invalid
from madang.kernel.times import now
from madang.notices import addresses, kinds, lanes, rules
from madang.notices.channels import setup
from madang.notices.errors import LinkSpent, NoChannel, TooManySignUps, TooManyWishes
from madang.notices.kinds import Wanted
from madang.notices.models import Attempt, Contact, Delivery, Notice, SignUp, Subscriber, Wish
from madang.notices.outcomes import remove_contact
from madang.notices.purposes import SIGN_UP, opened
from madang.notices.spread import word
from madang.notices.texts import CONFIRM, page_language, version_of

CONFIRM_KIND = "notices.confirm"
CONFIRM_TEMPLATE = "notices/confirm"
MOST_WISHES = 50
HOUR = timedelta(hours=1)
PER_ADDRESS = 3  # sign-ups for one address an hour: nobody's letter box is filled by strangers
PER_SOURCE = 20  # sign-ups from one network address an hour: a family, or a counter of the city
_SYSTEM = "system:notices"


@dataclass(frozen=True)
class Manner:
    """How somebody wants to be told. Quiet hours are minutes after midnight; None: none."""

    language: str
    quiet: rules.Quiet | None = None
    critical_passes: bool = True


@opened(SIGN_UP)
def sign_up(
    channel: str,
    address: str,
    wishes: Sequence[Wanted],
    manner: Manner,
    *,
    source: str = "",
    subscriber_key: str = "",
) -> None:
    """Keep what somebody wants and send the message by which the address confirms it.

    The answer is the same whether or not the address is known. With `subscriber_key` the address
    becomes a further one of that subscriber, tried after the others.

    Raises
    ------
    InvalidAddress, UnknownKind, NotFound, Invalid
        Field by field; nothing is kept.
    TooManyWishes, TooManySignUps
    NoChannel
    """
    if not setup.is_offered(channel):
        raise NoChannel(_("This way of sending is not set up here."))
    checked = [kinds.checked(wish) for wish in wishes[: MOST_WISHES + 1]]
    check_count(len(wishes))
    if not checked and not subscriber_key:
        reason = _("Choose what you want to hear about.")
        raise Invalid(reason, {"wish": reason})
    kept = addresses.checked(channel, address)
    count_attempt("address", addresses.mac(channel, kept), PER_ADDRESS)
    if source:
        count_attempt("source", source, PER_SOURCE)
    quiet = manner.quiet
    with transaction.atomic():
        asked = SignUp.objects.create(
            channel=channel,
            address=addresses.seal(channel, kept),
            mac=addresses.mac(channel, kept),
            language=page_language(manner.language),
            quiet_from=quiet.start if quiet else None,
            quiet_to=quiet.end if quiet else None,
            critical_passes=manner.critical_passes,
            wishes=checked,
            subscriber=_owner(subscriber_key),
        )
        _ask_to_confirm(asked)


def check_count(number: int) -> None:
    """Raise `TooManyWishes` for a list that is longer than one person needs."""
    if number > MOST_WISHES:
        reason = _("You asked for %(n)s alerts; %(most)s is the most for one address.") % {
            "n": number,
            "most": MOST_WISHES,
        }
        raise TooManyWishes(reason, {"wish": reason})


def count_attempt(scope: str, who: str, limit: int) -> None:
    """Count a request; raises `TooManySignUps` past `limit` in an hour."""
    mac = addresses.keyed_hash(f"{scope}:{who}")
    recent = Attempt.objects.filter(scope=scope, mac=mac, at__gt=now() - HOUR)
    if recent.count() >= limit:
        oldest = recent.order_by("at").values_list("at", flat=True)[0]
        wait = (oldest + HOUR - now()).total_seconds()
        text = _("That was too often for now. Try again in an hour, or call the city.")
        raise TooManySignUps(text, retry_after_s=max(wait, 1.0))
    Attempt.objects.create(scope=scope, mac=mac, at=now())


def _owner(key: str) -> Subscriber | None:
    return subscriber(key, locked=False) if key else None


def _ask_to_confirm(asked: SignUp) -> None:
    Delivery.objects.create(
        notice=_confirm_notice(asked.language),
        sign_up=asked,
        channel=asked.channel,
        language=asked.language,
        priority=rules.ANSWER,
        due=now(),
    )
    lanes.ask(asked.channel)


def _confirm_notice(language: str) -> Notice:
    """Return the standing notice that asks to confirm, worded in that language."""
    notice, _made = Notice.objects.get_or_create(
        key=f"confirm:{version_of(CONFIRM_TEMPLATE)}",
        defaults={
            "kind": CONFIRM_KIND, "subject": "", "priority": rules.ANSWER, "thread": CONFIRM_KIND,
            "origin": "real", "template": CONFIRM_TEMPLATE, "path": CONFIRM, "spread_at": now(),
        },
    )  # fmt: skip
    word(notice, {language})
    return notice


@opened(SIGN_UP)
@transaction.atomic
def confirm(key: str) -> Subscriber:
    """Make a sign-up count; return whose it is now. A second click does no harm.

    Raises
    ------
    LinkSpent
        If the sign-up is confirmed and stopped already, or forgotten.
    """
    asked = SignUp.objects.select_for_update().filter(key=key).first()
    if asked is None:
        raise LinkSpent(_("This link was used already, or is older than two days."))
    who = _person_of(asked)
    who.language = asked.language
    if asked.subscriber_id is None:
        who.quiet_from, who.quiet_to = asked.quiet_from, asked.quiet_to
        who.critical_passes = asked.critical_passes
    who.save()
    for kind, subject, place, level in asked.wishes:
        _add_wish(who, Wanted(kind, subject, place, ""), level)
    asked.delete()
    audit.record(_SYSTEM, "notices.confirm", f"subscriber:{who.pk}")
    return who


def _person_of(asked: SignUp) -> Subscriber:
    known = Contact.objects.select_related("subscriber")
    contact = known.filter(channel=asked.channel, mac=asked.mac).first()
    if contact is not None:  # a push subscription may come with new keys
        Contact.objects.filter(pk=contact.pk).update(address=asked.address, refusals=0)
        return contact.subscriber
    who = asked.subscriber or Subscriber.objects.create(language=asked.language)
    Contact.objects.create(
        subscriber=who,
        channel=asked.channel,
        rank=who.contacts.count(),
        address=bytes(asked.address),
        mac=asked.mac,
        confirmed=now(),
    )
    return who


def _add_wish(who: Subscriber, wish: Wanted, level: int) -> None:
    place = {"kind": wish.kind, "subject": wish.subject, "place": wish.place}
    if who.wishes.filter(**place).update(level=level):
        return
    if who.wishes.count() >= MOST_WISHES:
        check_count(MOST_WISHES + 1)
    Wish.objects.create(subscriber=who, level=level, **place)


@opened(SIGN_UP)
def subscriber(key: str, *, locked: bool = True) -> Subscriber:
    """Return the subscriber with that key; raises `LinkSpent` where it is forgotten."""
    rows = Subscriber.objects.select_for_update() if locked else Subscriber.objects.all()
    found = rows.filter(key=key).first()
    if found is None:
        raise LinkSpent(_("Your alerts are stopped already, and your address is deleted."))
    return found


@opened(SIGN_UP)
def key_of_browser(subscription: str) -> str:
    """Return the key of the subscriber whose browser has exactly this push subscription.

    Its secrets prove it: they are known to that browser and to us, not to the push service.

    Raises
    ------
    InvalidAddress
        If it is no subscription.
    LinkSpent
        If none that is confirmed is the same.
    """
    given = addresses.push_address(subscription).text()
    known = Contact.objects.select_related("subscriber")
    found = known.filter(channel="push", mac=addresses.mac("push", given)).first()
    if found is None or not compare_digest(addresses.unseal("push", found.address), given):
        raise LinkSpent(_("Your alerts are stopped already, and your address is deleted."))
    return found.subscriber.key


@opened(SIGN_UP)
@transaction.atomic
def change(key: str, manner: Manner, *, keep: Sequence[int], add: Sequence[Wanted]) -> None:
    """Change language, quiet hours and wishes; `keep` are the wishes that stay, by id.

    Raises
    ------
    LinkSpent, UnknownKind, NotFound, TooManyWishes
    """
    who = subscriber(key)
    checked = [kinds.checked(wish) for wish in add]
    quiet = manner.quiet
    who.language = page_language(manner.language)
    who.quiet_from = quiet.start if quiet else None
    who.quiet_to = quiet.end if quiet else None
    who.critical_passes = manner.critical_passes
    who.save()
    who.wishes.exclude(pk__in=keep).delete()
    for kind, subject, place, level in checked:
        _add_wish(who, Wanted(kind, subject, place, ""), level)


@opened(SIGN_UP)
@transaction.atomic
def try_first(key: str, contact_id: int) -> None:
    """Make that address the one that is tried first; the others keep their order."""
    who = subscriber(key)
    ordered = sorted(who.contacts.all(), key=lambda c: (c.pk != contact_id, c.rank, c.pk))
    for rank, contact in enumerate(ordered):
        if contact.rank != rank:
            Contact.objects.filter(pk=contact.pk).update(rank=rank)


@opened(SIGN_UP)
@transaction.atomic
def remove_address(key: str, contact_id: int) -> None:
    """Forget one of several addresses; raises `Conflict` for the last (stop instead)."""
    who = subscriber(key)
    if who.contacts.count() < 2:
        raise Conflict(_("This is your only address. Stop all alerts instead."))
    for contact in who.contacts.filter(pk=contact_id):
        remove_contact(contact)


@opened(SIGN_UP)
@transaction.atomic
def stop(key: str) -> None:
    """Forget a subscriber, the addresses and all that waits for them.

    Raises
    ------
    LinkSpent
        If it is done already.
    """
    who = subscriber(key)
    waiting = Delivery.objects.filter(contact__subscriber=who, state__in=("queued", "held"))
    waiting.update(state=Delivery.State.EXPIRED, error="stopped")
    number = who.pk
    who.delete()
    audit.record(_SYSTEM, "notices.stop", f"subscriber:{number}")
