"""The search process: holds tokeniser, index and model; answers at its desk.

    python -m madang.search.server

It serves what lies on disk at once, then reads the rooms' sources. On SIGTERM it ends; killed
outright it loses nothing but counts of the last moment, for a commit of the index is whole or not.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import msgspec

from madang.kernel import logs, metrics, orm, tracing
from madang.kernel.bus.client import Bus
from madang.kernel.config import Settings, settings
from madang.kernel.errors import Invalid, MadangError, Unavailable
from madang.kernel.events import name_of, subject_of
from madang.search.desk import SearchDesk
from madang.search.embedders import Embedder, KeptEmbedder, ServedEmbedder, local_embedder
from madang.search.finder import Finder
from madang.search.found import Asker, FirstQuestions
from madang.search.holding import Holding, opened
from madang.search.keeping import Keeping
from madang.search.listing import Wish
from madang.search.question_log import QuestionLog
from madang.search.translators import LibreTranslate, Translating
from madang.search.vectors import VectorIndex

log = logging.getLogger(__name__)

QUESTIONS = metrics.counter("madang_search_questions_total", "Questions asked.", ["outcome"])
TOOK = metrics.histogram("madang_search_seconds", "Seconds a question took in the process.")

_RETRY_S = 2.0
_MOST_UNWRITTEN = 1_000


class SearchProcess:
    """The parts of the process, started and stopped in order."""

    def __init__(self, here: Settings) -> None:
        from madang.city.api import profile
        from madang.search.sources import sources

        self._here = here
        folder = here.data / "search"
        self.holding = holding_of(here)
        self.questions = QuestionLog(folder / "questions.sqlite3")
        self.finder = Finder(self.holding, [one.code for one in profile().languages])
        self.keeping = Keeping(
            self.holding, self.finder, self.questions, sources(), _let_go_of_the_database
        )
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="questions")
        self._unwritten = 0
        self._desk = SearchDesk(here.search_socket, self.answered, self.status)
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Answer at once, then bring the index up to date."""
        await self._desk.open()
        self.keeping.start()
        self._listening = asyncio.create_task(self._listen())
        log.info(
            "search: ready at %s, %d entries", self._here.search_socket, len(self.holding.held)
        )

    async def stop(self) -> None:
        """Stop in the opposite order."""
        if self._listening is not None:
            self._listening.cancel()
        await self._desk.close()
        await asyncio.to_thread(self.keeping.stop)
        await asyncio.to_thread(self._writer.shutdown)
        self.questions.close()

    def answered(self, op: str, told: dict[str, Any]) -> Any:
        """Return what the desk answers; raises Invalid for what it does not know."""
        if op == "find":
            return self._find(told)
        if op == "suggest":
            return self.finder.suggest(**told)
        if op == "chosen":
            self._write(self.questions.chosen, told["text"], told["key"], _asker(told))
            return {}
        if op == "rebuild":
            return {"entries": self.keeping.sweep(anew=True)}
        if op == "first-questions":
            return FirstQuestions(
                self.questions.first_questions(), tuple(self.questions.unresolved())
            )
        if op == "unknown":
            return [key for key in told["keys"] if key not in self.holding.held]
        raise Invalid(f"search knows no request {op!r}")

    def status(self) -> dict[str, Any]:
        """Return what the process holds."""
        vectors = self.holding.ranker.vectors
        return {
            "entries": len(self.holding.held),
            "with_meaning": 0 if vectors is None else len(vectors),
            "model": "" if vectors is None else vectors.embedder.name,
            "translator": self.holding.ranker.reader.translator,
            "read": self.keeping.swept.is_set(),
            "pid": os.getpid(),
        }

    def _find(self, told: dict[str, Any]) -> Any:
        asker, counted = _asker(told), told.pop("counted", False)
        for name in ("network", "session"):
            told.pop(name, None)
        wish = msgspec.convert(told, Wish)
        with TOOK.time():
            found = self.finder.find(wish)
        QUESTIONS.labels("found" if found.hits else "nothing").inc()
        if counted and not wish.cursor and not any(wish.facets.values()):
            self._write(self.questions.asked, wish.text, found.language, found.total, asker)
        return found

    def _write(self, work: Any, *told: Any) -> None:
        """Count beside the answer; under a flood counts are lost rather than answers late."""
        if self._unwritten >= _MOST_UNWRITTEN:
            return
        self._unwritten += 1

        def done() -> None:
            try:
                work(*told)
            except Exception:
                log.exception("search: a count was not kept")
            finally:
                self._unwritten -= 1

        self._writer.submit(done)

    async def _listen(self) -> None:
        """Hand events to the keeper for as long as the process runs; a bus may come and go."""
        while True:
            bus: Bus | None = None
            try:
                bus = await Bus.connect(name="search")
                async for message in bus.listen(subject_of(">")):
                    self.keeping.tell(name_of(message.subject), message.data)
            except Unavailable as fault:
                log.debug("search: %s", fault)
            finally:
                if bus is not None:
                    await bus.close()
            await asyncio.sleep(_RETRY_S)


class _OneByOne:
    """Gives a model one passage at a time, so that a question waits for one at most."""

    def __init__(self, inner: Embedder) -> None:
        self._inner, self.name = inner, inner.name

    def questions(self, texts: Any) -> Any:
        return self._inner.questions(texts)

    def passages(self, texts: Any) -> Any:
        import numpy as np

        return np.concatenate([self._inner.passages([text]) for text in texts])


def holding_of(here: Settings) -> Holding:
    """Return the index of an instance, opened, with the model that its settings name."""
    from madang.city.api import profile
    from madang.search.analysers import analyser
    from madang.search.naming import Naming
    from madang.search.question_means import RunningMeans, question_means
    from madang.search.reading import Reader
    from madang.search.thesaurus_files import thesaurus

    folder = here.data / "search"
    model = model_of(here)
    vectors = None
    if model is not None:
        vectors = VectorIndex(KeptEmbedder(_OneByOne(model), folder / "vectors.sqlite3"))
    own = profile().city.default_language
    reader = Reader(analyser(), Naming(thesaurus(), own), translating_of(here, own))
    if here.search_index:
        holding = Holding(_outgrown(here, reader, vectors))
    else:
        holding = opened(folder, reader, vectors)
    if model is not None:
        holding.ranker.means = RunningMeans(question_means(model.name))
    return holding


def translating_of(here: Settings, into: str) -> Translating | None:
    """Return the translator that the settings name; None for none. Raises Invalid as it does."""
    if not here.search_translator:
        return None
    return Translating(LibreTranslate(here.search_translator), into)


def _outgrown(here: Settings, reader: Any, vectors: VectorIndex | None) -> Any:
    from madang.search.opensearch_index import OpenSearchIndex
    from madang.search.ranking import Ranker

    return Ranker(OpenSearchIndex(here.search_index), reader, vectors)


def model_of(here: Settings) -> Embedder | None:
    """Return the model that the settings name; None for none.

    Raises
    ------
    Invalid
        If they name one in the wrong form.
    """
    if here.search_model == "off":
        return None
    if not here.search_model:
        return local_embedder()
    name, at, url = here.search_model.partition("@")
    if not at or not name or not url.startswith(("http://", "https://")):
        raise Invalid(
            f"MADANG_SEARCH_MODEL is {here.search_model!r}; it is 'off' or MODEL@http://host/v1",
            {"MADANG_SEARCH_MODEL": "MODEL@http://host:port/v1"},
        )
    return ServedEmbedder(url, name)


def _asker(told: dict[str, Any]) -> Asker | None:
    network, session = told.get("network", ""), told.get("session", "")
    return Asker(network, session or network) if network else None


def _let_go_of_the_database() -> None:
    from django.db import close_old_connections

    close_old_connections()


async def run(here: Settings) -> None:
    """Run the process until SIGTERM or SIGINT."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    process = await asyncio.to_thread(SearchProcess, here)
    try:
        await process.start()
        metrics.start_writing("search")
        await over.wait()
    finally:
        await process.stop()


def main() -> None:
    """Run the search process."""
    here = settings()
    logs.configure("search", here.log_format)
    orm.ready()
    tracing.configure("search")
    try:
        asyncio.run(run(here))
    except MadangError as error:
        sys.exit(f"search: {error.message}")


if __name__ == "__main__":
    main()
