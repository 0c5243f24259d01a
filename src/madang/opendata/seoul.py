"""The Seoul Open API dialect: ``/{KEY}/{json|xml}/{SERVICE}/{START}/{END}[/{argument}...]``.

Everything is answered with HTTP 200; what went wrong is in ``RESULT``. Indices are 1-based and
inclusive; 0 as START counts as 1, because clients of the sample key send it.
"""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from madang.kernel.registry import OpenTable, load, registry
from madang.opendata.keys import SAMPLE, is_valid

SAMPLE_ROWS = 5
MOST_ROWS = 1000

# Codes and texts as the city's service gives them (data.seoul.go.kr, guide to the Open API).
MESSAGES = {
    "INFO-000": "정상 처리되었습니다",
    "INFO-100": "인증키가 유효하지 않습니다. 인증키가 없는 경우, 인증키를 신청하십시오.",
    "INFO-200": "해당하는 데이터가 없습니다.",
    "ERROR-300": "필수 값이 누락되어 있습니다. 요청인자를 참고 하십시오.",
    "ERROR-301": "파일타입 값이 누락 혹은 유효하지 않습니다. 요청인자 중 TYPE을 확인하십시오.",
    "ERROR-310": "해당하는 서비스를 찾을 수 없습니다. 요청인자 중 SERVICE를 확인하십시오.",
    "ERROR-331": "요청시작위치 값을 확인하십시오. 요청인자 중 START_INDEX를 확인하십시오.",
    "ERROR-332": "요청종료위치 값을 확인하십시오. 요청인자 중 END_INDEX를 확인하십시오.",
    "ERROR-333": "요청위치 값의 타입이 유효하지 않습니다. 요청위치 값은 정수를 입력하세요.",
    "ERROR-334": "요청종료위치 보다 요청시작위치가 더 큽니다. "
    "요청시작조회건수는 정수를 입력하세요.",
    "ERROR-335": "샘플데이터(샘플키:sample) 는 한번에 최대 5건을 넘을 수 없습니다. "
    "요청시작위치와 요청종료위치 값은 1 ~ 5 사이만 가능합니다.",
    "ERROR-336": "데이터요청은 한번에 최대 1000건을 넘을 수 없습니다. "
    "요청종료위치에서 요청시작위치를 뺀 값이 1000을 넘지 않도록 수정하세요.",
    "ERROR-500": "서버 오류입니다. 지속적으로 발생시 관리자에게 문의 바랍니다.",
}  # fmt: skip
_TYPES = {"json": "application/json", "xml": "application/xml"}
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")

Row = Mapping[str, object]
Table = Callable[[Sequence[str], int, int], tuple[int, Sequence[Row]]]


class Refused(Exception):
    """The request is answered with a code other than INFO-000."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What is sent back, always with HTTP 200."""

    content: str
    content_type: str


@dataclass(frozen=True)
class Request:
    """A request that names a table and a part of it; rows `first` to `last`, from 1."""

    service: str
    table: Table
    first: int
    last: int
    arguments: tuple[str, ...]


def read_request(parts: Sequence[str]) -> Request:
    """Return what the parts of a path ask for; raises `Refused`."""
    if len(parts) > 1 and parts[1].lower() not in _TYPES:
        raise Refused("ERROR-301")
    if len(parts) < 2:
        raise Refused("ERROR-300")
    key = parts[0]
    if key != SAMPLE and not is_valid(key):
        raise Refused("INFO-100")
    if len(parts) < 3 or not parts[2]:
        raise Refused("ERROR-300")
    table = _table(parts[2])
    if len(parts) < 5:
        raise Refused("ERROR-300")
    first, last = _span(parts[3], parts[4], is_sample=key == SAMPLE)
    return Request(parts[2], table, first, last, tuple(parts[5:]))


def _table(service: str) -> Table:
    for offer in registry().offers(OpenTable):
        if offer.name == service:
            table: Table = load(offer.target)
            return table
    raise Refused("ERROR-310")


def _span(start: str, end: str, *, is_sample: bool) -> tuple[int, int]:
    for text, missing in ((start, "ERROR-331"), (end, "ERROR-332")):
        if not text:
            raise Refused(missing)
        if not _INTEGER.fullmatch(text):
            raise Refused("ERROR-333")
    first, last = max(int(start), 1) if int(start) >= 0 else -1, int(end)
    if first < 0:
        raise Refused("ERROR-331")
    if last < 1:
        raise Refused("ERROR-332")
    if first > last:
        raise Refused("ERROR-334")
    if is_sample and last > SAMPLE_ROWS:
        raise Refused("ERROR-335")
    if last - first >= MOST_ROWS:
        raise Refused("ERROR-336")
    return first, last


def answered(kind: str, service: str, total: int, rows: Sequence[Row]) -> Answer:
    """Return rows of a table in the envelope of the asked type."""
    if kind == "xml":
        root = ET.Element(service)
        ET.SubElement(root, "list_total_count").text = str(total)
        _add_result(root, "INFO-000")
        for row in rows:
            node = ET.SubElement(root, "row")
            for name, value in row.items():
                ET.SubElement(node, name).text = _text(value)
        return _xml(root)
    result = {"CODE": "INFO-000", "MESSAGE": MESSAGES["INFO-000"]}
    cleaned = [{name: _finite(value) for name, value in row.items()} for row in rows]
    return _json({service: {"list_total_count": total, "RESULT": result, "row": cleaned}})


def refused(kind: str, code: str) -> Answer:
    """Return a bare RESULT; XML where the type is not known, as the city's service does."""
    if kind == "json":
        return _json({"RESULT": {"CODE": code, "MESSAGE": MESSAGES[code]}})
    root = ET.Element("RESULT")
    ET.SubElement(root, "CODE").text = code
    ET.SubElement(root, "MESSAGE").text = MESSAGES[code]
    return _xml(root)


def _add_result(root: ET.Element, code: str) -> None:
    node = ET.SubElement(root, "RESULT")
    ET.SubElement(node, "CODE").text = code
    ET.SubElement(node, "MESSAGE").text = MESSAGES[code]


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _text(value: object) -> str:
    value = _finite(value)
    return "" if value is None else str(value)


def _json(content: object) -> Answer:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Answer(text, f"{_TYPES['json']};charset=UTF-8")


def _xml(root: ET.Element) -> Answer:
    text = ET.tostring(root, encoding="unicode")
    declared = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}'
    return Answer(declared, f"{_TYPES['xml']};charset=UTF-8")
