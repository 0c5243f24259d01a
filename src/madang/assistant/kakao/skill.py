"""A skill request answered: at once where it goes fast, by callback where Kakao allows one."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from madang.assistant.errors import TextTooLong
from madang.assistant.kakao import callback
from madang.assistant.kakao.bubbles import waiting
from madang.assistant.kakao.payload import SkillRequest
from madang.assistant.llm.client import in_a_hurry
from madang.kernel.config import Settings
from madang.kernel.errors import MadangError

AT_ONCE_S = 3.0
"""Kakao waits five seconds in all; two are left for the way there and back."""

WITHOUT_CALLBACK_S = 4.0
WORKERS = 8
MOST_WAITING = 32

_log = logging.getLogger(__name__)

Talk = Callable[[SkillRequest, str], dict[str, Any]]
"""Answers a request in a language, as Kakao shows it."""


@dataclass
class Skill:
    """Answers skill requests.

    Parameters
    ----------
    talk : what answers a request; it runs in a thread of its own.
    sorry : what is shown where it fails, or cannot be waited for.
    at_once_s : answered directly up to then, by callback after.
    """

    talk: Talk
    sorry: Callable[[str], dict[str, Any]]
    here: Settings
    at_once_s: float = AT_ONCE_S
    without_callback_s: float = WITHOUT_CALLBACK_S
    used: callback.Used = field(default_factory=callback.Used)
    _under_way: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    workers: Executor = field(
        default_factory=lambda: ThreadPoolExecutor(WORKERS, thread_name_prefix="kakao")
    )

    def answer(self, request: SkillRequest, language: str) -> dict[str, Any]:
        """Return what Kakao shows now; the rest comes by callback.

        Raises
        ------
        ForbiddenCallback
            If the request names an address that is none of Kakao's.
        """
        begun = time.monotonic()
        if request.callback_url:
            callback.check_callback(request.callback_url, self.here)
        with translation.override(language):
            work = self._begun(request, language)
            if work is None:
                return self.sorry(_("Too many people are asking just now. Try again in a moment."))
            patience = self.at_once_s if request.callback_url else self.without_callback_s
            try:
                return self._told(work, patience)
            except NotYet:
                return self._later(request, language, work, begun)

    def _begun(self, request: SkillRequest, language: str) -> Future[dict[str, Any]] | None:
        with self._lock:
            if self._under_way >= MOST_WAITING:
                return None
            self._under_way += 1
        work = self.workers.submit(self._talked, request, language)
        work.add_done_callback(self._ended)
        return work

    def _ended(self, _work: Future[dict[str, Any]]) -> None:
        with self._lock:
            self._under_way -= 1

    def _talked(self, request: SkillRequest, language: str) -> dict[str, Any]:
        with translation.override(language):
            try:
                if request.callback_url:
                    return self.talk(request, language)
                with in_a_hurry(self.without_callback_s - 1.5):
                    return self.talk(request, language)
            except TextTooLong as fault:
                return self.sorry(fault.message)
            except MadangError as fault:
                _log.warning("kakao: %s", fault.message)
                return self.sorry(_("This cannot be answered just now. A person can help you."))
            except Exception:
                _log.exception("kakao: a turn failed")
                return self.sorry(_("This cannot be answered just now. A person can help you."))

    @staticmethod
    def _told(work: Future[dict[str, Any]], patience: float) -> dict[str, Any]:
        return work.result(timeout=patience)

    def _later(
        self,
        request: SkillRequest,
        language: str,
        work: Future[dict[str, Any]],
        begun: float,
    ) -> dict[str, Any]:
        if not request.callback_url:
            return self.sorry(_("This takes longer than usual. Ask again in a moment."))
        if not self.used.take(request.callback_url):
            return self.sorry(_("This has been answered already."))

        def sent(done: Future[dict[str, Any]]) -> None:
            if time.monotonic() - begun > callback.IN_TIME_S:
                _log.warning("kakao: an answer came too late for its callback")
                return
            callback.post(request.callback_url, done.result(), self.here)

        work.add_done_callback(sent)
        return waiting(_("We are looking it up. The answer comes in a moment."))


def person_key(request: SkillRequest) -> str:
    """Return the keyed hash under which a person is known; the id itself is not kept."""
    from django.utils.crypto import salted_hmac

    said = f"{request.bot}\0{request.user}"
    return salted_hmac("madang.assistant.kakao", said, algorithm="sha256").hexdigest()
