"""Fixed benches: declared in a file, run by one command, their figures kept by version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from madang.assistant import evaluation
from madang.kernel.data_files import read_yaml
from madang.kernel.errors import BadInput
from madang.kernel.shapes import mismatches
from madang.search import api as search

Progress = Callable[[str], None]
Name = Annotated[str, Meta(min_length=1, max_length=60)]


class Bench(Struct, frozen=True, forbid_unknown_fields=True):
    """A bench. Files are relative to the list. unrelated: only for `measure: answers`."""

    name: Name
    measure: Literal["search", "answers"]
    docs: str
    questions: str
    train: str = ""
    unrelated: str = ""
    mode: Literal["", "keyword", "lexical", "hybrid"] = ""
    language: str = "ko"


class Benches(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole list."""

    benches: Annotated[tuple[Bench, ...], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of a bench; `data` tells apart what files it was run on."""

    bench: str
    data: str
    figures: dict[str, Any]


def read_benches(path: Path) -> list[Bench]:
    """Return the benches of a list; raises BadInput by file, line and field."""
    document, problems = read_yaml(path, str(path))
    if problems:
        raise BadInput(str(path), problems[0].message, line=problems[0].line)
    wrong = list(mismatches(document.value, Benches))
    if wrong:
        place, message = wrong[0]
        where = ".".join(map(str, place))
        raise BadInput(
            str(path), f"{where}: {message}" if where else message, line=document.line(place)
        )
    found = list(msgspec.convert(document.value, Benches).benches)
    for n, one in enumerate(found):
        if one.name in {other.name for other in found[:n]}:
            line = document.line(("benches", n, "name"))
            raise BadInput(str(path), f"benches.{n}.name: {one.name!r} stands twice", line=line)
    return found


def measured(bench: Bench, folder: Path, progress: Progress = lambda _: None) -> Measured:
    """Run a bench; raises BadInput for its files."""
    docs, asked = search.read_documents(folder / bench.docs), folder / bench.questions
    questions = search.read_questions(asked)
    search.check_questions(docs, questions, asked)
    run = _search if bench.measure == "search" else _answers
    return Measured(bench.name, _data(bench, folder), run(bench, folder, docs, questions, progress))


def _search(
    bench: Bench, folder: Path, docs: Any, questions: Any, progress: Progress
) -> dict[str, Any]:
    taught = search.read_questions(folder / bench.train) if bench.train else []
    found = search.evaluate(
        docs, questions, train=taught, mode=bench.mode or None, analyser="mecab",
        language=bench.language, vectors=None, progress=progress,
    )  # fmt: skip
    return {
        "mode": found.mode,
        **{f"r_at_{k}": _shown(found.recall(k)) for k in (1, 5)},
        "mrr": _shown(found.mrr),
        "p95_ms": round(found.percentile_ms(95), 3),
    }


def _answers(
    bench: Bench, folder: Path, docs: Any, questions: Any, progress: Progress
) -> dict[str, Any]:
    foreign = (
        search.read_questions(folder / bench.unrelated, answered=False) if bench.unrelated else []
    )
    judge = search.judge_of(
        docs, mode=bench.mode or None, language=bench.language, vectors=None, progress=progress
    )
    found = evaluation.evaluate(
        docs, questions, foreign, judge=judge, language=bench.language, progress=progress
    )
    names = ("coverage", "precision", "refused_unrelated", "refused_near_miss")
    return {name: _shown(getattr(found, name)) for name in names if getattr(found, name).n}


def _shown(one: search.Estimate) -> dict[str, float]:
    return {name: round(getattr(one, name), 4) for name in ("value", "low", "high", "n")}


def _data(bench: Bench, folder: Path) -> str:
    """Return a hash of the bench's files: figures of other files are not compared with these."""
    told = sha256()
    for name in (bench.docs, bench.questions, bench.train, bench.unrelated):
        told.update((folder / name).read_bytes() if name else b"-")
        told.update(b"\0")
    return told.hexdigest()
