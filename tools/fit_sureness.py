"""Fit how sure search may be of its first hit, on the shared development questions.

Half of the questions teach, the other half are judged; what is written was fitted on all of them.
Nothing of the questions goes into the file: it holds two dozen numbers.

    python tools/fit_sureness.py [VECTORS]      VECTORS: where passages' vectors are kept
"""

from __future__ import annotations

import json
import os
import random
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from madang.search import api, evaluation
from madang.search.analysers import analyser
from madang.search.embedders import KeptEmbedder, local_embedder
from madang.search.engine.confidence import Confidence, Signals, fit
from madang.search.engine.fusion import Weights, fused
from madang.search.naming import Naming
from madang.search.question_means import question_means
from madang.search.ranking import HYBRID, LEXICAL
from madang.search.reading import Reader
from madang.search.sureness import FILE, Judge, Read
from madang.search.thesaurus_files import thesaurus

SHARED = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / "assistant"
COUNTS = {"in": 1.0, "near": 1.0, "foreign": 3.0}
"""What a question counts: answered, its answer taken out, of another subject."""


@dataclass(frozen=True)
class Case:
    """A question's candidates, its right answer and what it is: in, near or foreign."""

    kind: str
    read: Read
    right: str


def cases(vectors: Path | None) -> list[Case]:
    """Return questions about the documents, and questions that have no answer in them."""
    rng = random.Random(20261123)
    documents = api.read_documents(SHARED / "welfare_services.jsonl")
    asked = rng.sample(api.read_questions(SHARED / "welfare_dev_questions.jsonl"), 2000)
    foreign = rng.sample(api.read_questions(SHARED / "seoul120_dev_queries.jsonl"), 800)
    model = local_embedder()
    if model is None:
        raise SystemExit("no embedding model is installed (extra local-models)")
    kept = KeptEmbedder(model, vectors) if vectors else model
    reader = Reader(analyser(), Naming(thesaurus()))
    ranker = evaluation.ranker_of(documents, "hybrid", reader, kept, question_means(model.name))
    judge = Judge(ranker)
    return [
        *(Case("in", judge.read(q.text, "ko"), q.right or "") for q in asked),
        *(Case("foreign", judge.read(q.text, "ko"), "") for q in foreign),
    ]


def rows(found: list[Case], weights: Weights, *, lexical: bool) -> list[tuple[str, Signals, bool]]:
    """Return (kind, signals, whether the first hit is right)."""
    out = []
    for case in found:
        parts = case.read.parts.copy()
        if lexical:
            parts[:, 2:] = np.nan
            heard = np.nansum(parts[:, :2], axis=1) > 0
        else:
            heard = np.ones(len(parts), bool)
        kinds = [(case.kind, heard)]
        if case.kind == "in":
            kinds.append(("near", heard & np.array([k != case.right for k in case.read.keys])))
        for kind, keep in kinds:
            scores = fused(parts[keep], weights)
            keys = [k for k, kept in zip(case.read.keys, keep, strict=True) if kept]
            first = keys[int(np.argmax(scores))] if keys else ""
            said = case.read.signals(parts[keep], scores, first)
            out.append((kind, said, kind == "in" and first == case.right))
    return out


def report(model: Confidence, judged: list[tuple[str, Signals, bool]]) -> None:
    """Print coverage, precision and refusals over thresholds."""
    sure = np.array([model.of(s) for _, s, _ in judged])
    kind = np.array([k for k, _, _ in judged])
    right = np.array([r for _, _, r in judged])
    for bar in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6):
        answered = (sure >= bar) & (kind == "in")
        print(
            f"  at {bar:.2f}: coverage {answered.sum() / (kind == 'in').sum():.3f} "
            f"precision {right[answered].mean():.3f} "
            f"foreign refused {(sure[kind == 'foreign'] < bar).mean():.3f} "
            f"near miss refused {(sure[kind == 'near'] < bar).mean():.3f}"
        )


def main() -> int:
    """Write the models."""
    found = cases(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
    written = {}
    for name, weights in (("lexical", LEXICAL), ("hybrid", HYBRID)):
        lexical = name == "lexical"
        teach, judge = (
            rows(found[::2], weights, lexical=lexical),
            rows(found[1::2], weights, lexical=lexical),
        )
        print(name)
        report(fitted(teach), judge)
        all_rows = [*teach, *judge]
        model = fitted(all_rows)
        written[name] = {
            "bends": [[round(b, 5) for b in row] for row in model.bends],
            "weights": [round(w, 5) for w in model.weights],
        }
    FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
    return 0


def fitted(taught: list[tuple[str, Signals, bool]]) -> Confidence:
    """Return the model of these rows."""
    return fit(
        [s for _, s, _ in taught],
        [r for _, _, r in taught],
        weight=[COUNTS[kind] for kind, _, _ in taught],
    )


if __name__ == "__main__":
    sys.exit(main())
