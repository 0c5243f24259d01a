"""Something that keeps a package from being published: a code, a place, and what to do."""

from __future__ import annotations

from typing import NamedTuple

CODES: dict[str, str] = {
    # files as such
    "missing-file": "A file is not there that every package has.",
    "unknown-file": "A file, a link or a folder that a package does not have.",
    "too-large": "A file, or the whole package, is larger than packages are.",
    "not-yaml": "A file cannot be read as YAML in UTF-8.",
    "key-twice": "A key stands twice in one place; the first value would be lost.",
    "alias-loop": "A YAML alias holds itself, or aliases grow beyond all measure.",
    "unknown-key": "A key that the format does not have.",
    "missing-key": "A key that the format needs.",
    "bad-value": "A value does not fit the format.",
    "not-a-districts": "A district's package changes what only the city decides.",
    "unknown-base": "The package that a district's one extends, or a process, is not there.",
    "same-id": "Two things of a package have one id.",
    # the city
    "unknown-department": "The competent department is not in the city's tree.",
    "unknown-level": "Offices are of a level that the city does not have.",
    "unknown-life-event": "A life event that is not in the city's list.",
    "unknown-district": "A district's package names a unit that the city does not have.",
    # channels, fees, deadlines
    "no-offline-channel": "No counter, phone, post or visit reaches the service.",
    "channel-incomplete": "A channel lacks its hours, or a phone number or place.",
    "channel-twice": "A kind of channel is stated twice.",
    "channel-closed": "A way is offered and said to be closed by law, or closed twice.",
    "other-fee": "A channel has another fee than the service: it must cost the same everywhere.",
    "other-deadline": "A channel has another time limit than the service.",
    "bad-limit": "A text is no time limit, or the city's law has no way to count it.",
    "fee-unclear": "A fee has no amount, parameter or decision, or more than one of them.",
    "waiver-without-law": "A fee is waived without a provision, or a provision waives nothing.",
    "bad-identity": "The level of identity makes no sense.",
    "keyword-twice": "A keyword stands twice.",
    "missing-retention": "Nobody said how long cases are kept, and by which provision.",
    # facts
    "fact-not-asked": "A fact of the applicant that no page asks for.",
    "asked-though-known": "People are asked for what a register says.",
    "question-without-fact": "A question whose answer is no fact of the service.",
    "fact-unused": "A fact that nothing needs (data minimisation).",
    "register-unclear": "A register fact without register and field, or without basis.",
    "sensitive-unclear": "A sensitive fact without basis, or without a text of consent.",
    "fact-type": "A question's answer does not fit the type or the values of its fact.",
    "prefill-unclear": "What a question is filled in from is unclear, or cannot fill it in.",
    "prefill-undeclared": "A question is filled in from what service.yaml does not name.",
    "prefill-unused": "Something is named to fill in answers from, and no question uses it.",
    "prefill-purpose": "An answer is filled in from a source looked up for another purpose.",
    # pages
    "question-on-no-page": "A question that stands on no page, or on two.",
    "unknown-question": "A page names a question that is not there.",
    "unreachable-page": "No answers lead to this page.",
    "unreachable-question": "No answers lead to this question.",
    "never-true": "A condition that holds for no facts.",
    "asked-too-late": "A condition uses a fact that is asked only later.",
    "unknown-while-asked": "A condition uses a fact that nobody knows while people answer.",
    "bad-schema": "A JSON Schema node is invalid, or uses what pages do not support.",
    "empty-page": "A page asks nothing.",
    # FEEL
    "bad-feel": "A text is no FEEL.",
    "unknown-name": "An expression uses a name that is not there.",
    # rules
    "row-width": "A row has not one cell for each column.",
    "empty-table": "A decision has neither rows nor a value, or both.",
    "bad-outcome": "The outcome is something else than grant, refuse or refer.",
    "needs-itself": "Decisions need one another in a circle.",
    "gap": "No row of a table holds for some facts, and there is no default.",
    "overlap": "Several rows hold for some facts, though the table says one does.",
    "shadowed-row": "A row that never holds: rows above take all of it.",
    "untested-row": "No test of the package hits a row.",
    "row-without-reason": "A row that decides the outcome does not say why, or by which provision.",
    "bad-refund": "What comes back of a fee is no share from 0 to 100 percent, or there is no fee.",
    "fee-not-payable": "A fee is due where the process has no verb that takes it.",
    "unused-decision": "A decision that nothing uses.",
    # parameters
    "parameter-order": "Values of a parameter do not ascend by day.",
    "parameter-not-in-force": "A parameter has no value today.",
    "parameter-types": "Values of a parameter are of different types.",
    "unused-parameter": "A parameter that nothing uses.",
    "unknown-parameter": "A parameter that is not there.",
    # automation and process
    "automation-without-law": "Rules may decide, but no statute says that they may.",
    "automation-with-discretion": "Rules may decide where the law leaves discretion.",
    "automation-class": "Rules may decide in a class (R2, R3) that is for people.",
    "machine-refusal": "A refusal that rules or the clock can make.",
    "no-start": "A process has no verb of kind submit, or no first state.",
    "unknown-state": "A verb, timer or process names a state that is not there.",
    "unknown-verb": "A timer or test names a verb that is not there.",
    "unreachable-state": "No verbs lead to a state.",
    "dead-end": "From a state no final state can be reached.",
    "no-final-state": "A process has no final state.",
    "final-without-outcome": "A final state does not say what it means, or an open one does.",
    "offline-dead-end": "A final state that an officer, acting for the applicant, cannot reach.",
    "timer-unclear": "A timer does nothing, does two things, or does what the clock may not.",
    # documents, notices, evidence
    "unknown-document": "A document that is not there.",
    "unused-document": "A document that nothing issues.",
    "unknown-notice": "A notice that is not there.",
    "unused-notice": "A notice that nothing sends.",
    "unknown-evidence": "A page asks for a paper that the service does not list.",
    "unknown-decision": "A fee or a test names a decision that is not there.",
    "unknown-fact": "A fact that is not there.",
    "unknown-placeholder": "A text has a {placeholder} for which nothing stands.",
    "empty-block": "A part of a document has nothing in it, or what another kind has.",
    # languages
    "missing-language": "A language that must be complete has no file.",
    "unknown-language": "A file of no other language of the city.",
    "missing-text": "A text is not translated.",
    "stale-text": "A translation was made of another source text.",
    "unstamped-text": "A translation does not say of which source text it was made.",
    "unknown-text": "A translation of a text that is not there.",
    "lost-placeholder": "A translation lacks a placeholder of its source, or has another.",
    "hard-to-read": "A text for easy reading is hard to read.",
    # tests
    "no-tests": "A package has no tests.",
    "test-failed": "A test of the package comes out otherwise.",
    "test-unclear": "A test has a moment, a fact or a name that cannot be.",
    "channel-differs": "An offline channel gives another outcome, fee or deadline than the web.",
    "too-much-to-check": "A package is so large that the linter cannot look at all of it.",
}  # fmt: skip


class Fault(NamedTuple):
    """One thing that is wrong; `file` is relative to the package's folder, lines count from 1."""

    code: str
    file: str
    line: int
    message: str

    def plain(self) -> dict[str, str | int]:
        """Return the fault as JSON has it."""
        return self._asdict()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message} [{self.code}]"
