"""Write the mean vectors of questions by language, for the embedding model of this machine.

Sentences are our own forms (question_forms.yaml) around the thesaurus's terms: no one's questions.
Run it again when the model or the thesaurus has changed much.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from madang.search.embedders import local_embedder
from madang.search.question_means import file_of
from madang.search.thesaurus_files import thesaurus

FORMS = Path(__file__).with_name("question_forms.yaml")
_EACH = 150
"""Concepts asked about in each language, spread over the thesaurus."""


def sentences(language: str, forms: list[str]) -> Iterator[str]:
    """Return questions of a language, each form in its turn."""
    named = [c.terms[language][0] for c in thesaurus().concepts.values() if language in c.terms]
    for number, name in enumerate(named[:: max(1, len(named) // _EACH)]):
        yield forms[number % len(forms)].format(name)


def main() -> int:
    """Write the file beside the room's code."""
    model = local_embedder()
    if model is None:
        print("no embedding model is installed (extra local-models)", file=sys.stderr)
        return 1
    forms = yaml.safe_load(FORMS.read_text(encoding="utf-8"))
    sums: dict[str, list[np.ndarray]] = {}
    for language, those in forms.items():
        asked = model.questions(list(sentences(language, those)))
        # Written apart but counted together: the two Chinese scripts.
        sums.setdefault(language.partition("-")[0], []).append(asked)
    means = {code: np.concatenate(parts).mean(0).astype(np.float16) for code, parts in sums.items()}
    path = file_of(model.name)
    path.parent.mkdir(exist_ok=True)
    np.savez_compressed(path, **means)
    print(f"{path}: {len(means)} languages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
