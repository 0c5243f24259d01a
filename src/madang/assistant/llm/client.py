"""Asks a chat server for one reply: with a deadline, a size, a limit of calls at once, a breaker.

The deadline holds for the whole call, however slowly the bytes come in. Nothing is tried twice:
who waits for an answer is better served by the city's own words now.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from madang.assistant.errors import LLMUnavailable, LLMUnusable
from madang.assistant.llm.breaker import Breaker

LARGEST = 256 * 1024
"""Bytes of a reply that are read."""

LONGEST = 8_000
"""Characters of what the model says that are taken."""

_QUEUE_S = 0.5

Message = Mapping[str, str]
_until: ContextVar[float | None] = ContextVar("llm_until", default=None)


@contextmanager
def in_a_hurry(seconds: float) -> Iterator[None]:
    """Have the model given so many seconds in all inside the block; who asks cannot wait longer."""
    before, until = _until.get(), time.monotonic() + seconds
    token = _until.set(until if before is None else min(before, until))
    try:
        yield
    finally:
        _until.reset(token)


class ChatClient:
    """A model behind an OpenAI-compatible address.

    Parameters
    ----------
    url : up to and with ``/v1``.
    model : its name there.
    key : sent as a bearer token where given.
    seconds : waited for a whole reply.
    at_once : calls under way at a time; one more waits half a second, then does without.
    """

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str = "",
        seconds: float = 8.0,
        at_once: int = 4,
        breaker: Breaker | None = None,
    ) -> None:
        self.url, self.model = url.rstrip("/"), model
        self.seconds = seconds
        self.breaker = breaker or Breaker()
        # A reply takes seconds: a connection kept for the next one saves nothing.
        self._headers = {
            "Accept-Encoding": "identity", "Accept": "application/json", "Connection": "close",
        }  # fmt: skip
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        self._places = threading.BoundedSemaphore(at_once)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._client: Any = None
        self._lock = threading.Lock()

    def reply(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any],
        name: str,
        most_tokens: int,
    ) -> str:
        """Return what the model says, at temperature 0, held to a JSON schema by the server.

        Raises
        ------
        LLMUnavailable
            If the server is down, slow, busy, or answers with an error, or has failed of late.
        LLMUnusable
            If it answers with what is no reply, or with one that was cut off.
        """
        asked = {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0,
            "seed": 0,
            "max_tokens": most_tokens,
            "stream": False,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": name, "strict": True, "schema": schema},
            },
        }
        content, end = self._completion(asked)
        if end == "length" or len(content) > LONGEST:
            raise LLMUnusable("the language model's reply was cut off")
        return content

    def ask_whether_it_is_there(self, seconds: float = 1.5) -> None:
        """Ask the server for its list of models, not the model; raises LLMUnavailable."""
        work = self._answer("GET", "/models", None, seconds, listing=True)
        asyncio.run_coroutine_threadsafe(work, self._running_loop()).result()

    def _completion(self, asked: object) -> tuple[str, str]:
        """Return the words of a completion and why they end; count how it went."""
        until = _until.get()
        seconds = self.seconds if until is None else min(self.seconds, until - time.monotonic())
        if seconds <= 0:
            raise LLMUnavailable("there is no time left to ask the language model")
        if not self.breaker.allows():
            raise LLMUnavailable(f"the language model at {self.url} failed of late; not asked now")
        if not self._places.acquire(timeout=_QUEUE_S):
            raise LLMUnavailable(f"too many questions to the language model at {self.url}")
        try:
            work = self._answer("POST", "/chat/completions", asked, seconds)
            answer = asyncio.run_coroutine_threadsafe(work, self._running_loop()).result()
            found = _content(answer)
        except (LLMUnavailable, LLMUnusable):
            if seconds == self.seconds:  # to be hurried is no failure
                self.breaker.failed()
            raise
        finally:
            self._places.release()
        self.breaker.succeeded()
        return found

    async def _answer(
        self, method: str, path: str, body: object, seconds: float, *, listing: bool = False
    ) -> Any:
        import httpx

        from madang.kernel.http import ForeignRedirect

        where = f"{self.url}{path}"
        try:
            async with (
                asyncio.timeout(seconds),
                self._http().stream(method, where, json=body, headers=self._headers) as response,
            ):
                status = response.status_code
                if listing and status not in (401, 403) and status < 500:
                    return None
                if status != 200:
                    raise LLMUnavailable(f"{where} answers with status {status}")
                return _read(await _bytes(response, where), where)
        except (TimeoutError, httpx.TimeoutException):
            raise LLMUnavailable(f"{where} did not answer within {seconds:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ForeignRedirect, OSError) as fault:
            said = str(fault) or type(fault).__name__
            raise LLMUnavailable(f"{where} does not answer: {said}") from fault

    def _http(self) -> Any:
        """Return the HTTP client, made once, within the loop that uses it."""
        from madang.kernel.http import async_client

        if self._client is None:
            self._client = async_client(timeout_s=self.seconds)
        return self._client

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """Return the loop in which calls wait, begun with the first call."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, name="llm", daemon=True).start()
            return self._loop


async def _bytes(response: Any, where: str) -> bytes:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise LLMUnusable(f"{where} answers in a packed form that was not asked for")
    content = bytearray()
    async for chunk in response.aiter_raw():
        content += chunk
        if len(content) > LARGEST:
            raise LLMUnusable(f"{where} answers with more than {LARGEST:,} bytes")
    return bytes(content)


def _read(content: bytes, where: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise LLMUnusable(f"{where} answers with what is no JSON") from None


def _content(answer: Any) -> tuple[str, str]:
    """Return the words of a completion, and why they end."""
    try:
        choice = answer["choices"][0]
        content, end = choice["message"]["content"], choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise LLMUnusable("the language model's server answers with no completion") from None
    if not isinstance(content, str):
        raise LLMUnusable("the language model says no words")
    return content, str(end)
