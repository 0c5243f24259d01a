"""The tests of a package: facts on a day go through pages, rules and process as a case would."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from madang.city.api import Profile, deadline_of
from madang.services.forms.flow import Form
from madang.services.packages.content import Test
from madang.services.packages.decide import Evaluation, Rules
from madang.services.packages.package import Package
from madang.services.packages.process import Verb
from madang.services.packages.refunds import Refund, is_ending
from madang.services.packages.service import OFFLINE, Channel
from madang.services.packages.walk import (
    KINDS,
    automatic,
    first_state,
    issued,
    state_after,
    state_named,
    verb_named,
    verbs_in,
)

_OPENS = time(9)  # a test that names a day only is received when offices open


class Impossible(Exception):
    """A test asks for something that cannot be; `field` says which part of it."""

    def __init__(self, field: tuple[str | int, ...], message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Course:
    """What happened to the case of a test.

    Parameters
    ----------
    fee
        Minor units, on the channel by which it came.
    decided
        `rules` or `officer`.
    state
        After submission and, where the rules decide, after the decision.
    end
        Outcome of the last state that the verbs lead to; None while it is open.
    documents
        What a grant issues.
    refund
        Minor units that come back of the fee, if it was paid; None where no verb ends the case.
    rows
        Rows that held, those of `refund` among them where it was asked.
    """

    said: Evaluation
    fee: int
    decided: str
    state: str
    end: str | None
    documents: tuple[str, ...]
    deadline: date | None
    pages: tuple[str, ...]
    refund: int | None
    rows: tuple[str, ...]


def received(test: Test, profile: Profile) -> datetime:
    """Return when the case of a test came in, in the city's time."""
    try:
        if "T" not in test.at:
            day = date.fromisoformat(test.at)
            return datetime.combine(day, _OPENS, profile.timezone)
        moment = datetime.fromisoformat(test.at)
    except ValueError as error:
        raise Impossible(("at",), f"{test.at!r} is no moment: {error}") from error
    if moment.tzinfo is None:
        raise Impossible(("at",), f"{test.at!r} needs an offset, such as +09:00")
    return profile.local(moment)


class Trials:
    """Runs the tests of one package; what does not hang on the channel is reckoned once."""

    def __init__(self, package: Package, rules: Rules, profile: Profile) -> None:
        self.package, self.rules, self.profile = package, rules, profile
        self._form = Form(package, rules)
        self._known: dict[tuple[int, str], tuple[Evaluation, tuple[str, ...]]] = {}

    def course(self, test: Test) -> Course:
        """Return what happens to the case of a test that came by its channel.

        Off line, an officer acts for the applicant: every verb must be an officer's, too.

        Raises
        ------
        Impossible
            If its moment is none, or a verb is not possible where it is done.
        """
        package = self.package
        moment = received(test, self.profile)
        said, pages = self._said(test, moment.date())
        state = first_state(package.process)
        by_rules = automatic(package, said, state)
        documents: tuple[str, ...] = ()
        if by_rules is not None:
            documents, state = issued(package, by_rules), state_after(state, by_rules)
        elif said.outcome == "grant":
            documents = package.process.issues
        channel = _channel(package, test)
        limit = (channel.deadline if channel else "") or package.service.deadline
        found = deadline_of(moment, limit, of=self.profile)
        fee = said.fee if channel is None or channel.fee is None else channel.fee
        end, last = _after_verbs(package, test, self.rules, state, moment.date())
        back = self._coming_back(test, moment.date(), last, fee)
        return Course(
            said=said,
            fee=fee,
            decided="officer" if by_rules is None else "rules",
            state=state,
            end=end,
            documents=documents,
            deadline=self.profile.local(found.due).date() if found else None,
            pages=pages,
            refund=back.amount if back else None,
            rows=(*said.rows, *(back.rows if back else ())),
        )

    def _coming_back(self, test: Test, today: date, last: Verb | None, fee: int) -> Refund | None:
        """Return what comes back of the fee where the last verb ends the case without an answer."""
        ended = test.ended or today
        if ended < today:
            raise Impossible(("ended",), f"{ended} lies before the day of receipt, {today}")
        if last is None or not (fee and is_ending(self.package, last)):
            return None
        return self.rules.refund(test.facts, today, last, ended, fee)

    def _said(self, test: Test, today: date) -> tuple[Evaluation, tuple[str, ...]]:
        """Return what the rules say and which pages are asked."""
        key = (id(test.facts), test.at)
        if key not in self._known:
            facts, asked = test.facts, self.package.questions
            known = {name: facts[name] for name in facts if name not in asked}
            steps = self._form.flow(facts, today, known=known).steps
            pages = tuple(dict.fromkeys(step.page.id for step in steps))
            self._known[key] = self.rules.evaluate(facts, today), pages
        return self._known[key]

    def differences(self, test: Test) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Yield field and message of what comes out otherwise than a test expects."""
        try:
            found = self.course(test)
        except Impossible as error:
            yield error.field, str(error)
            return
        for name, wanted, actual in _compared(test, found):
            if wanted is not None and wanted != actual:
                why = _why(found.said) if name in ("outcome", "decided", "state") else ""
                yield ("expect", name), f"{name} is {_text(actual)}, not {_text(wanted)}{why}"
        for name, value in (test.expect.values or {}).items():
            if name not in found.said.values:
                yield ("expect", "values", name), f"there is no decision {name!r}"
            elif found.said.values[name] != value:
                actual = _text(found.said.values[name])
                yield ("expect", "values", name), f"{name} is {actual}, not {_text(value)}"


def _channel(package: Package, test: Test) -> Channel | None:
    submit = next((verb for verb in package.process.verbs if verb.kind == "submit"), None)
    if submit is not None and not _may(submit, test):
        raise Impossible(("channel",), f"by {test.channel} nobody can submit it")
    return next((one for one in package.service.channels if one.kind == test.channel), None)


def _may(verb: Verb, test: Test) -> bool:
    """Return whether a verb can be done on the channel of a test."""
    return test.channel not in OFFLINE or set(verb.by) != {"applicant"}


def _after_verbs(
    package: Package, test: Test, rules: Rules, state: str, today: date
) -> tuple[str | None, Verb | None]:
    """Return the outcome of the state that the verbs lead to, and the last of them."""
    process = package.process
    verb: Verb | None = None
    for number, name in enumerate(test.verbs):
        verb = verb_named(process, name)
        if verb is None:
            raise Impossible(("verbs", number), f"there is no verb {name!r}")
        if KINDS[verb.kind].begins or state not in verb.sources:
            possible = ", ".join(one.id for one in verbs_in(process, state)) or "nothing"
            message = f"{name!r} is not possible in state {state!r}; possible: {possible}"
            raise Impossible(("verbs", number), message)
        if not _may(verb, test):
            raise Impossible(("verbs", number), f"{name!r} cannot be done by {test.channel}")
        if verb.guard and not rules.condition(verb.guard, test.facts, today):
            raise Impossible(("verbs", number), f"{name!r} is held back by `{verb.guard}`")
        state = state_after(state, verb)
    last = state_named(process, state)
    return last.outcome if last is not None else None, verb


def _compared(test: Test, found: Course) -> Iterator[tuple[str, Any, Any]]:
    wanted = test.expect
    yield "outcome", wanted.outcome, found.said.outcome
    yield "decided", wanted.decided, found.decided
    yield "fee", wanted.fee, found.fee
    yield "documents", wanted.documents, found.documents
    yield "state", wanted.state, found.state
    yield "end", wanted.end, found.end
    yield "refund", wanted.refund, found.refund
    yield "deadline", wanted.deadline, found.deadline
    yield "rows", _sorted(wanted.rows), _sorted(found.rows)
    yield "pages", wanted.pages, found.pages


def _sorted(rows: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if rows is None else tuple(sorted(rows))


def _why(said: Evaluation) -> str:
    rows = f"; rows {', '.join(said.rows)}" if said.rows else ""
    doubts = f"; in doubt: {'; '.join(said.doubts)}" if said.doubts else ""
    return rows + doubts


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(str(item) for item in value)}]"
    return repr(value) if isinstance(value, str) else str(value)
