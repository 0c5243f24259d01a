"""What comes next for somebody whom an application sent to us; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from madang.identity.provider.asked import Asked
from madang.identity.sessions import SessionFacts


class Step(StrEnum):
    """What to do with the reader now."""

    SIGN_IN = "sign-in"
    CHOOSE_ACCOUNT = "choose-account"
    CONSENT = "consent"
    LET_IN = "let-in"
    REFUSE = "refuse"


@dataclass(frozen=True)
class Next:
    """A step; `error` says why, where `prompt=none` forbids it or nothing helps."""

    step: Step
    error: str = ""


@dataclass(frozen=True)
class Agreed:
    """What somebody agreed to and when; nothing where they did not."""

    scopes: frozenset[str] = frozenset()
    claims: frozenset[str] = frozenset()
    at: datetime | None = None


def next_step(  # noqa: PLR0911 -- each return is one rule, in the order of the standard
    asked: Asked, facts: SessionFacts | None, agreed: Agreed, account_chosen: datetime | None
) -> Next:
    """Return what comes next.

    Parameters
    ----------
    facts : who is signed in; None for a visitor.
    account_chosen : when the reader said which account to use, in this request.
    """
    is_silent = "none" in asked.prompts
    if facts is None:
        return Next(Step.REFUSE, "login_required") if is_silent else Next(Step.SIGN_IN)
    if facts.assisted or facts.mandate:
        return Next(Step.REFUSE, "access_denied")
    if not asked.takes(facts.level):
        error = "interaction_required"
        return Next(Step.REFUSE, error) if is_silent else Next(Step.SIGN_IN, error)
    if asked.not_before is not None and facts.authenticated_at < asked.not_before:
        return Next(Step.REFUSE, "login_required") if is_silent else Next(Step.SIGN_IN)
    if "select_account" in asked.prompts and not _chose(asked, facts, account_chosen):
        return Next(Step.CHOOSE_ACCOUNT)
    if _lacks_consent(asked, agreed):
        return Next(Step.REFUSE, "consent_required") if is_silent else Next(Step.CONSENT)
    return Next(Step.LET_IN)


def _chose(asked: Asked, facts: SessionFacts, account_chosen: datetime | None) -> bool:
    """Whoever has just signed in has chosen, too."""
    return account_chosen is not None or facts.authenticated_at >= asked.at


def _lacks_consent(asked: Asked, agreed: Agreed) -> bool:
    wants_it_now = "consent" in asked.prompts
    if not asked.client.asks_consent and not wants_it_now:
        return False
    if agreed.at is None or (wants_it_now and agreed.at < asked.at):
        return True
    return not (set(asked.scopes) <= agreed.scopes and set(asked.names_claims) <= agreed.claims)
