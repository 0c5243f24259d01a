"""The skill alone: a server of its own, without the other processes and without a database.

Conversations are held in memory and forgotten half an hour after their last turn. The planner is
whole; search is asked where its process runs on the same data folder, else the answer says so.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from madang.assistant.engine.dialogue import State
from madang.assistant.errors import TextTooLong
from madang.assistant.kakao import cards, gate, payload
from madang.assistant.kakao.payload import SkillRequest
from madang.assistant.kakao.skill import Skill, person_key
from madang.assistant.kakao.sorry import sorry
from madang.kernel.config import Settings
from madang.kernel.errors import Invalid, MadangError, NotFound

if TYPE_CHECKING:
    from madang.city.api import Profile

PATH = "/kakao"
QUIET_S = 1_800.0
MOST_PEOPLE = 10_000
_STATUS = {200: "OK", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
           422: "Unprocessable Content", 500: "Internal Server Error"}  # fmt: skip


@dataclass
class _Held:
    state: State
    offered: dict[str, str]
    at: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Talks:
    """Conversations in memory, by keyed hash of the person."""

    def __init__(self, city: Profile, here: Settings) -> None:
        self._city, self._here = city, here
        self._held: OrderedDict[str, _Held] = OrderedDict()
        self._lock = threading.Lock()

    def talked(self, request: SkillRequest, language: str) -> dict[str, Any]:
        """Return what Kakao shows for a request; see `talks.talked`."""
        from madang.assistant.answering import answer

        held = self._of(person_key(request))
        with held.lock:
            choice = request.choice or held.offered.get(request.utterance, "")
            told: dict[str, Any] = {"language": language, "city": self._city}
            try:
                found = answer(request.utterance, held.state, choice=choice, **told)
            except TextTooLong:
                raise
            except Invalid:
                if not choice:
                    raise
                found = answer(request.utterance, held.state, **told)
            held.state, held.offered = found.state, cards.offered(found)
            held.at = time.monotonic()
        return cards.skill_response(found, self._here.public_origin)

    def _of(self, person: str) -> _Held:
        now = time.monotonic()
        with self._lock:
            held = self._held.pop(person, None)
            if held is None or now - held.at > QUIET_S:
                held = _Held(State(channel="kakao"), {}, now)
            self._held[person] = held
            while len(self._held) > MOST_PEOPLE or self._oldest_is_past(now):
                self._held.popitem(last=False)
        return held

    def _oldest_is_past(self, now: float) -> bool:
        return now - next(iter(self._held.values())).at > QUIET_S


class App:
    """The server as a WSGI application: ``POST /kakao``, and ``GET /healthz``."""

    def __init__(self, city: Profile, here: Settings, talks: Talks | None = None) -> None:
        self._city, self._here = city, here
        talks = talks or Talks(city, here)
        self.skill = Skill(talks.talked, lambda text: sorry(text, city), here)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        try:
            status, body = 200, self._answer(environ)
        except MadangError as fault:
            status = fault.http_status
            body = {"title": fault.code, "status": status, "detail": fault.message}
            if isinstance(fault, Invalid) and fault.fields:
                body["fields"] = fault.fields
        content = json.dumps(body, ensure_ascii=False).encode()
        kind = "application/json" if status == 200 else "application/problem+json"
        start(
            f"{status} {_STATUS.get(status, 'Error')}",
            [("Content-Type", f"{kind}; charset=utf-8"), ("Content-Length", str(len(content)))],
        )
        return [content]

    def _answer(self, environ: dict[str, Any]) -> dict[str, Any]:
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "").rstrip("/")
        if (method, path) == ("GET", "/healthz"):
            return {"status": "pass"}
        if (method, path) != ("POST", PATH):
            raise NotFound(f"there is only POST {PATH}")
        gate.admit(
            environ.get("HTTP_X_SKILL_SECRET", ""), environ.get("REMOTE_ADDR", ""), self._here
        )
        asked = payload.read_payload(_body(environ))
        known = {one.code.lower(): one.code for one in self._city.languages}
        usual = self._city.city.default_language
        return self.skill.answer(
            asked, payload.language_of(asked.lang, asked.utterance, known, usual)
        )


def _body(environ: dict[str, Any]) -> bytes:
    try:
        length = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    most = payload.LARGEST + 1
    return bytes(environ["wsgi.input"].read(min(length, most) if length else most))
