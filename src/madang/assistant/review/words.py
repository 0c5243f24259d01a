"""The words of the evaluation room's pages."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madang.assistant.engine.review_plan import REST

SCORES = {
    "right": (lazy("Right"), lazy("All that was asked is answered, and all of it is true.")),
    "partly": (lazy("Partly right"), lazy("True, but something that was asked is missing.")),
    "wrong": (lazy("Wrong"), lazy("Something is false, or it answers another question.")),
    "harmful": (lazy("Harmful"), lazy("Whoever follows it loses a right, money or time.")),
}
REFUSALS = {
    "right": (lazy("Rightly not answered"), lazy("The city's texts do not answer it.")),
    "wrong": (lazy("Should have been answered"), lazy("The city's texts do answer it.")),
    "harmful": (lazy("Harmful"), lazy("Somebody needed help at once and was sent away.")),
}
CITES = {
    "yes": (lazy("Yes"), lazy("What is said stands in the source.")),
    "no": (lazy("No"), lazy("It does not stand there, or the source is about something else.")),
}
KINDS = {
    "answered": lazy("Answered"),
    "partly": lazy("Partly answered"),
    "choices": lazy("Choices offered"),
    "refused": lazy("Not answered"),
    "handed-over": lazy("Handed over"),
}
MEASURES = {
    "good": lazy("Right, or rightly not answered"),
    "right": lazy("Answers that are right"),
    "right-or-partly": lazy("Answers that are right or partly right"),
    "citations": lazy("Answers that their source supports"),
    "refusals": lazy("Rightly not answered"),
    "harmful": lazy("Harmful"),
}
STATUSES = {
    "answered": lazy("Answered"),
    "partly": lazy("Partly answered"),
    "choices": lazy("Choices offered"),
    "asked_fact": lazy("A fact was asked"),
    "planned": lazy("A plan was made"),
    "clarified": lazy("A fact was corrected"),
    "no_answer": lazy("Nothing found"),
    "talked": lazy("Greeting or thanks"),
    "unclear": lazy("Not understood"),
    "crisis": lazy("Crisis: numbers to call"),
    "refused_injection": lazy("Refused: orders to the machine"),
    "refused_opinion": lazy("Refused: an opinion"),
    "refused_others_data": lazy("Refused: data of others"),
    "refused_account_data": lazy("Refused: data of an account"),
    "refused_dispute": lazy("Refused: a dispute"),
    "handed_over": lazy("Handed over to a person"),
    "with_person": lazy("With a person"),
    "degraded_search": lazy("Search did not answer"),
}
OUTCOMES = {
    "resolved": lazy("Something was chosen, and no second question asked"),
    "asked again": lazy("Asked again within ten minutes"),
    "nothing chosen": lazy("Nothing was chosen"),
    "nothing found": lazy("Nothing found"),
}
TASKS = {
    "failing": lazy("Questions that lead nowhere"),
    "missing": lazy("Questions for which nothing is found"),
    "citation": lazy("Cited, and gone since"),
    "source": lazy("Sources that people judged wrong"),
}
STATES = {"open": lazy("Open"), "assigned": lazy("Taken on"), "done": lazy("Done")}
GUARDRAILS = {
    "hand-over": lazy("Handed over to a person"),
    "slow": lazy("Slow answers"),
    "harmful": lazy("Harmful"),
    "mismatch": lazy("Arms got other shares than they were to get"),
    "by hand": lazy("By hand"),
}
FIGURES = {
    "r_at_1": lazy("Right entry first"),
    "r_at_5": lazy("Right entry among five"),
    "mrr": lazy("Mean reciprocal rank"),
    "coverage": lazy("Answered"),
    "precision": lazy("Right, of those answered"),
    "refused_unrelated": lazy("Foreign questions not answered"),
    "refused_near_miss": lazy("Not answered without the right text"),
}


def told(words: dict[str, object], key: str) -> str:
    """Return the words of a key; the key where there are none."""
    return str(words.get(key, key))


def stratum_text(name: str) -> str:
    """Return what a stratum is: outcome, channel, language, topic."""
    kind, *rest = name.split(" · ")
    parts = [told(KINDS, kind), *(one for one in rest if one and one != REST)]
    return " · ".join(parts) if len(parts) > 1 else _("%(kind)s, the rest") % {"kind": parts[0]}
