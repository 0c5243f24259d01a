"""``$batch``: many requests in one (18-088 §11), as multipart/mixed or as OData 4.01 JSON.

Each part is answered as if it came alone; a change set, or an `atomicityGroup`, is written whole or
not at all. ``$<content-id>`` in an address or a link stands for an entity made before it.
"""

from __future__ import annotations

import email.parser
import email.policy
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import CaseInsensitiveMapping

from madang.kernel.errors import MadangError
from madang.kernel.problem import problem_document
from madang.telemetry.sta import views
from madang.telemetry.sta.errors import InvalidEntity
from madang.telemetry.sta.options import split_outside

MOST_PARTS = 1000
_REFERENCE = re.compile(r"\$([\w.-]+)")


@dataclass(frozen=True)
class Part:
    """One request of a batch."""

    id: str
    method: str
    address: str
    headers: Mapping[str, str]
    body: bytes
    group: str = ""


@dataclass(frozen=True)
class Outcome:
    """The answer to one part."""

    part: Part
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Made:
    """Addresses of the entities made so far, by content id."""

    by_id: dict[str, str] = field(default_factory=dict)


class _GroupFailed(Exception):
    """Rolls a change set back."""


def batch(request: HttpRequest) -> HttpResponse:
    """Answer a batch."""
    if request.method != "POST":
        raise views.MethodNotAllowed("$batch is sent by POST")
    if (request.content_type or "") == "application/json":
        outcomes = _answered(request, _json_parts(request.body))
        return views.json_response({"responses": [_json_outcome(o) for o in outcomes]})
    if (request.content_type or "") == "multipart/mixed":
        outcomes = _answered(request, _multipart_parts(request))
        return _multipart_response(outcomes)
    raise views.UnsupportedMedia("$batch is multipart/mixed or application/json")


def _answered(request: HttpRequest, parts: list[Part]) -> list[Outcome]:
    if len(parts) > MOST_PARTS:
        raise InvalidEntity(f"a batch has at most {MOST_PARTS} requests, this one {len(parts)}")
    made = Made()
    outcomes: list[Outcome] = []
    for group in _grouped(parts):
        if group[0].group:
            outcomes += _all_or_none(request, group, made)
        else:
            outcomes += [_one(request, part, made) for part in group]
    return outcomes


def _grouped(parts: list[Part]) -> Iterable[list[Part]]:
    group: list[Part] = []
    for part in parts:
        if group and (not part.group or part.group != group[0].group):
            yield group
            group = []
        group.append(part)
    if group:
        yield group


def _all_or_none(request: HttpRequest, group: list[Part], made: Made) -> list[Outcome]:
    """Answer a change set: where one part fails, its error is the answer to all."""
    outcomes = []
    try:
        with transaction.atomic():
            for part in group:
                outcome = _one(request, part, made)
                outcomes.append(outcome)
                if outcome.status >= HTTPStatus.BAD_REQUEST:
                    raise _GroupFailed
    except _GroupFailed:
        last = outcomes[-1]
        return [Outcome(part, last.status, last.headers, last.body) for part in group]
    return outcomes


def _one(request: HttpRequest, part: Part, made: Made) -> Outcome:
    try:
        response = views.resource(*_inner(request, part, made))
    except MadangError as error:
        status, headers, body = problem_document(error, instance=part.address)
        return Outcome(part, status, headers, body)
    if part.id and "Location" in response:
        made.by_id[part.id] = response["Location"]
    return Outcome(part, response.status_code, dict(response.items()), response.content)


def _inner(request: HttpRequest, part: Part, made: Made) -> tuple[HttpRequest, str]:
    address = _REFERENCE.sub(lambda found: made.by_id.get(found[1], found[0]), part.address)
    split = urlsplit(address)
    path = unquote(split.path)
    if views.ROOT in path:
        path = path.split(views.ROOT, 1)[1]
    inner = _Inner(request, part, _with_ids(part.body, made))
    inner.GET = QueryDict(split.query, encoding="utf-8")
    path = path.strip("/")
    if path == "$batch":
        raise InvalidEntity("a batch holds no batch")
    return inner, path


class _Inner(HttpRequest):
    """A request inside a batch: host and key come from around it unless it has its own."""

    def __init__(self, outer: HttpRequest, part: Part, body: bytes) -> None:
        super().__init__()
        self.META = dict(outer.META)
        self.method = part.method
        self.in_change_set = bool(part.group)
        self._body = body
        own = {name.lower(): value for name, value in part.headers.items()}
        self.content_type = own.get("content-type", "application/json").split(";")[0].strip()
        self._headers = CaseInsensitiveMapping({**dict(outer.headers.items()), **part.headers})

    @property
    def headers(self) -> Any:
        """Return the part's headers over those of the whole."""
        return self._headers


def _with_ids(body: bytes, made: Made) -> bytes:
    """Return the body with ``"$<content-id>"`` of links replaced by the made entity's id."""
    if not made.by_id or b'"$' not in body:
        return body
    for name, address in made.by_id.items():
        key = address[address.rindex("(") + 1 : -1]
        shown = orjson.dumps(unquote(key[1:-1])) if key.startswith("'") else key.encode()
        body = body.replace(f'"${name}"'.encode(), shown)
    return body


def _json_parts(body: bytes) -> list[Part]:
    try:
        requests = orjson.loads(body)["requests"]
        return [_json_part(one) for one in requests]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise InvalidEntity(f'the body is no {{"requests": [...]}}: {error!r}') from None


def _json_part(one: dict[str, Any]) -> Part:
    return Part(
        str(one.get("id", "")),
        str(one["method"]).upper(),
        str(one["url"]),
        {str(name): str(value) for name, value in one.get("headers", {}).items()},
        orjson.dumps(one["body"]) if "body" in one else b"",
        str(one.get("atomicityGroup", "")),
    )


def _json_outcome(outcome: Outcome) -> dict[str, object]:
    document: dict[str, object] = {"id": outcome.part.id, "status": outcome.status}
    if "Location" in outcome.headers:
        document["location"] = outcome.headers["Location"]
    if outcome.body:
        document["body"] = orjson.loads(outcome.body)
    return document


def _multipart_parts(request: HttpRequest) -> list[Part]:
    head = f"Content-Type: {request.META.get('CONTENT_TYPE', '')}\r\n\r\n".encode()
    return _parts_of(head + request.body, "")


def _parts_of(content: bytes, group: str) -> list[Part]:
    message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(content)
    if not message.is_multipart():
        raise InvalidEntity("the body is no multipart/mixed")
    parts: list[Part] = []
    for number, inner in enumerate(message.iter_parts(), 1):
        if inner.get_content_type() == "multipart/mixed":
            parts += _parts_of(inner.as_bytes(), f"changes {number}")
        else:
            parts.append(_http_part(inner, group))
    return parts


def _http_part(message: Any, group: str) -> Part:
    content = message.get_payload(decode=True) or b""
    first, _, rest = content.lstrip().partition(b"\n")
    words = split_outside(first.decode("utf-8", "replace").strip(), " ")
    if len(words) < 2 or message.get_content_type() != "application/http":
        raise InvalidEntity("a part of a batch is an HTTP request (application/http)")
    blank = re.search(rb"\r?\n\r?\n", b"\n" + rest)
    cut = blank.start() if blank else len(rest) + 1
    lines = (b"\n" + rest)[:cut].decode("utf-8", "replace").splitlines()
    headers = dict(line.split(":", 1) for line in lines if ":" in line)
    body = (b"\n" + rest)[blank.end() :] if blank else b""
    named = {name.strip(): value.strip() for name, value in headers.items()}
    return Part(str(message.get("Content-ID", "")), words[0].upper(), words[1], named, body, group)


def _multipart_response(outcomes: list[Outcome]) -> HttpResponse:
    boundary = f"batch_{secrets.token_hex(12)}"
    pieces = []
    for outcome in outcomes:
        phrase = HTTPStatus(outcome.status).phrase
        shown = {
            name: value
            for name, value in outcome.headers.items()
            if name in ("Content-Type", "Location")
        }
        head = "".join(f"{name}: {value}\r\n" for name, value in shown.items())
        content_id = f"Content-ID: {outcome.part.id}\r\n" if outcome.part.id else ""
        pieces.append(
            f"--{boundary}\r\nContent-Type: application/http\r\n{content_id}\r\n"
            f"HTTP/1.1 {outcome.status} {phrase}\r\n{head}\r\n".encode()
            + outcome.body
            + b"\r\n"
        )
    body = b"".join(pieces) + f"--{boundary}--\r\n".encode()
    return HttpResponse(body, content_type=f"multipart/mixed; boundary={boundary}")
