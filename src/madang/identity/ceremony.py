"""From what was shown at sign-in to where the reader wanted to go, at the level needed there.

Whoever sends somebody to sign in states a *wish*: where to go then, how sure we have to be, how old
the sign-in may be. It waits in the visitor's session, not in addresses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from madang.access.api import AUTHENTICATION, purpose
from madang.identity import devices, kept_forms, kiosks, sessions
from madang.identity.account_models import Account
from madang.identity.accounts import grants_in_force
from madang.identity.engine.levels import Level, UnknownLevel, level_of
from madang.identity.person_models import Proofing
from madang.identity.rules import STAFF_SESSIONS
from madang.identity.sessions import Opening, Proof, SessionFacts
from madang.kernel import audit, times

_WISH = "wish"
_AFTER = "after_enrolment"


@dataclass(frozen=True)
class Wish:
    """Where to go after signing in, the least level there, and the oldest sign-in taken.

    Parameters
    ----------
    next : path; empty where the reader named none: residents go to their own page, staff home.
    since : moment (s since 1970) before which no sign-in counts; 0 where age does not matter.
    hint : sign-in name to propose.
    cancel : where to go without signing in; empty where there is no such place.
    """

    next: str = ""
    ial: int = 1
    aal: int = 1
    max_age_s: int | None = None
    since: float = 0.0
    hint: str = ""
    cancel: str = ""

    @property
    def level(self) -> Level:
        """The least level."""
        return Level(self.ial, self.aal)


def note_wish(request: HttpRequest) -> Wish:
    """Keep what this request's parameters ask for (``next``, ``acr``, ``max_age``); return it."""
    given = request.GET if request.method == "GET" else request.POST
    if not {"next", "acr", "max_age"} & given.keys():
        return wish_of(request)
    level = _level(given.get("acr", ""))
    age = given.get("max_age", "")
    wish = Wish(
        next=safe_target(request, given.get("next", "")),
        ial=level.ial,
        aal=level.aal,
        max_age_s=int(age) if age.isdecimal() and len(age) <= 9 else None,
    )
    if wish != Wish():
        state_wish(request, wish)
    return wish


def state_wish(request: HttpRequest, wish: Wish) -> None:
    """Keep a wish that the house itself states (the OpenID provider)."""
    request.session[_WISH] = asdict(wish)


def wish_of(request: HttpRequest) -> Wish:
    """Return what this reader wants to go on to."""
    kept = request.session.get(_WISH)
    return Wish(**kept) if kept else Wish()


def is_met(facts: SessionFacts, wish: Wish) -> bool:
    """Return whether this session is sure and fresh enough for the wish."""
    if not facts.level.meets(wish.level):
        return False
    if facts.authenticated_at.timestamp() < wish.since:
        return False
    if wish.max_age_s is None:
        return True
    if facts.proved_at is None:
        return False
    return times.now() - facts.proved_at <= timedelta(seconds=wish.max_age_s)


def complete(request: HttpRequest, account: Account, proofs: Iterable[Proof]) -> HttpResponse:
    """Sign `account` in, or let it step up where it is signed in already, and lead on.

    The caller has checked the proofs. Another account than the one signed in gets a new session:
    nothing of the first one's is carried into it.
    """
    wish, proofs = wish_of(request), list(proofs)
    now = sessions.facts(request)
    if now is not None and now.account == account.pk:
        sessions.add_proof(request, proofs, ial_of(account))
        audit.record(f"account:{account.pk}", "identity.step_up", f"account:{account.pk}",
                     detail={"amr": [proof.amr for proof in proofs]})  # fmt: skip
    else:
        sessions.open_session(request, kiosks.at(request, opening_of(account)), proofs)
        _note_sign_in(request, account, [proof.amr for proof in proofs])
    response = lead_on(request, wish)
    devices.remember(request, response, account.pk)
    return response


def lead_on(request: HttpRequest, wish: Wish) -> HttpResponse:
    """Send the reader where the wish leads; to a further factor where the level is not reached."""
    facts = sessions.facts(request)
    if facts is None or not is_met(facts, wish):
        state_wish(request, wish)
        return redirect("sign-in-more" if facts else "sign-in")
    request.session.pop(_WISH, None)
    if kept_forms.is_due(request, facts.account):
        return redirect("kept-form")
    return redirect(wish.next or _landing(facts))


def _landing(facts: SessionFacts) -> str:
    """Return where somebody begins who wanted to go nowhere else."""
    return reverse("home" if facts.idle in STAFF_SESSIONS else "my")


def lead_to_enrolment(request: HttpRequest, wish: Wish) -> None:
    """Keep where this reader goes on once there is a second proof; `note_wish` leaves it alone."""
    request.session[_AFTER] = asdict(wish)


def forget_enrolment(request: HttpRequest) -> None:
    """Drop what `lead_to_enrolment` kept: this reader does something else now."""
    request.session.pop(_AFTER, None)


def enrolled(request: HttpRequest, account: Account, proof: Proof) -> HttpResponse:
    """Go on from an enrolment: to where its proof was missing, else back to the account's page.

    What was enrolled was shown at that very moment, so it counts as shown.
    """
    kept = request.session.pop(_AFTER, None)
    if kept is None:
        return redirect("account")
    state_wish(request, Wish(**kept))
    return complete(request, account, [proof])


def opening_of(account: Account) -> Opening:
    """Return how a session of this account begins."""
    if account.kind == Account.Kind.RESIDENT:
        return Opening(account.pk, person=account.person_id or "", ial=ial_of(account))
    roles = {grant.role for grant in grants_in_force(account.pk)}
    idle = "operator" if "operator" in roles else "staff"
    # staff are proofed by the city when they join, as at a counter
    return Opening(
        account.pk, person=account.person_id or "", name=account.login or "", ial=2, idle=idle
    )


def ial_of(account: Account) -> int:
    """Return how sure we are who the owner is: the best proofing that still holds, 1 without."""
    if not account.person_id:
        return 2 if account.kind == Account.Kind.STAFF else 1
    now = times.now()
    with purpose(AUTHENTICATION, "authenticate"):
        rows = list(Proofing.objects.filter(person_id=account.person_id))
    return max((row.ial for row in rows if row.until is None or row.until > now), default=1)


def safe_target(request: HttpRequest, target: str) -> str:
    """Return `target` where it is on this site, the home page where not; nothing for none."""
    if not target:
        return ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if allowed else "/"


def _level(acr: str) -> Level:
    try:
        return level_of(acr) if acr else Level(1, 1)
    except UnknownLevel:
        return Level(1, 1)


def _note_sign_in(request: HttpRequest, account: Account, amr: list[str]) -> None:
    # messages come in the language in which their reader last came in, not in that of the clerk
    # who opened the account
    read = get_language() or account.language
    with purpose(AUTHENTICATION, "authenticate"):
        Account.objects.filter(pk=account.pk).update(last_sign_in=times.now(), language=read)
    name = f"account:{account.pk}"
    device = sessions.device_of(request.headers.get("User-Agent", ""))
    audit.record(name, "identity.sign_in", name, detail={"amr": amr, "device": device})
