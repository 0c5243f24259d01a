"""How quick search is by words alone, at the size of a city's catalogue."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from madang.search.analysers import analyser
from madang.search.entries import Entry, Text
from madang.search.finder import Finder
from madang.search.holding import Holding, opened
from madang.search.listing import Wish
from madang.search.reading import Reader
from madang.search.sources import Sourced

SERVICES = 5_000
_QUESTIONS = 400
_ACTS = ("신고", "신청", "발급", "납부", "지원", "등록", "변경", "상담", "예약", "감면")
_THINGS = ("전입", "출생", "주차", "여권", "재산세", "도서관", "어린이집", "폐기물", "건축",
           "수도", "버스", "장애인", "어르신", "청년", "창업", "공원", "소음", "가로등",
           "반려동물", "등본")  # fmt: skip
_PLACES = ("마포", "종로", "강남", "은평", "노원", "송파", "구로", "관악", "성동", "중랑")
_KINDS = ("수수료", "기한", "서류", "창구", "증명", "자격", "대상", "금액", "기간", "결과")


def services(count: int, seed: int = 1) -> Iterator[Sourced]:
    """Yield made-up services of some 300 characters, alike enough to compete with each other."""
    chance = random.Random(seed)  # noqa: S311 - made-up texts
    for number in range(count):
        words = [chance.choice(_THINGS), chance.choice(_ACTS), chance.choice(_PLACES)]
        title = f"{words[2]} {words[0]} {words[1]} {number}"
        said = (chance.choice((*_THINGS, *_ACTS, *_PLACES, *_KINDS)) for _ in range(60))
        body = ". ".join(f"{one}에 관한 안내를 받습니다" if n % 9 == 0 else one
                         for n, one in enumerate(said))  # fmt: skip
        entry = Entry(
            f"made:{number}", "service", {"ko": Text(title, body)},
            facets={"kind": ("service",), "district": ("city",)}, shown={"url": "/"},
        )  # fmt: skip
        yield Sourced(entry, str(number))


def questions(count: int, seed: int = 2) -> list[str]:
    """Return questions as people type them: two to five words."""
    chance = random.Random(seed)  # noqa: S311 - made-up texts
    return [
        f"{chance.choice(_PLACES)}에서 {chance.choice(_THINGS)} {chance.choice(_ACTS)} "
        f"{chance.choice(_KINDS)}는 어떻게 되나요"[: chance.choice((12, 20, 40))]
        for _ in range(count)
    ]


def made_up(folder: Path, count: int = SERVICES) -> Holding:
    """Return an index of made-up services in a folder."""
    holding = opened(folder, Reader(analyser()))
    holding.take_in(list(services(count)))
    return holding


def lexical_p95_ms() -> float:
    """Return the 95th percentile [ms] of whole answers: read, ranked, listed, counted, marked."""
    with TemporaryDirectory() as folder:
        finder = Finder(made_up(Path(folder)), ["ko"])
        finder.learn([])
        took = []
        for text in questions(_QUESTIONS):
            begun = time.perf_counter()
            finder.find(Wish(text, "ko"))
            took.append((time.perf_counter() - begun) * 1000.0)
    return float(np.percentile(took[_QUESTIONS // 10 :], 95))
