"""How often the assistant answers, how often that is right, and how well it knows what it does not.

Near misses are made by leaving the right document out: whoever answers then is wrong, however
close the document that is left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from madang.assistant.engine.gate import ANSWER_AT
from madang.search import api as search
from madang.search.api import Estimate, FiledDocument, FiledQuestion


@dataclass(frozen=True, slots=True)
class Answering:
    """The figures of one evaluation.

    Parameters
    ----------
    coverage : share of the questions that were answered.
    precision : share of the answers that were right.
    refused_unrelated : share of questions of another subject that were not answered.
    refused_near_miss : share of the questions not answered once their document was left out.
    """

    coverage: Estimate
    precision: Estimate
    refused_unrelated: Estimate
    refused_near_miss: Estimate


def evaluate(
    documents: Sequence[FiledDocument],
    questions: Sequence[FiledQuestion],
    unrelated: Sequence[FiledQuestion],
    *,
    answer_at: float = ANSWER_AT,
    judge: search.Judge,
    language: str = "ko",
    progress: Callable[[str], None] = lambda _: None,
) -> Answering:
    """Ask every question three times over: as it is, of another subject, its answer left out.

    Parameters
    ----------
    judge : ranks questions over the documents; see `search.api.judge_of`.
    """
    group = {d.key: d.group for d in documents}
    answered = right = missed = 0
    progress(f"asking {len(questions)} questions")
    for question in questions:
        read = judge.read(question.text, question.language or language)
        wanted = group.get(question.right or "", "")
        found = read.sure()
        if found.confidence >= answer_at:
            answered += 1
            right += group[found.keys[0]] == wanted
        left_out = read.sure(without=lambda key, wanted=wanted: group[key] == wanted)  # type: ignore[misc]
        missed += left_out.confidence < answer_at
    progress(f"asking {len(unrelated)} questions of another subject")
    refused = sum(
        judge.read(each.text, each.language or language).sure().confidence < answer_at
        for each in unrelated
    )
    return Answering(
        search.share(answered, len(questions)),
        search.share(right, answered),
        search.share(refused, len(unrelated)),
        search.share(missed, len(questions)),
    )
