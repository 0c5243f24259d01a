"""The user's own documents and questions: JSON lines, each fault named by file, line and field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class FiledDocument:
    """A document of a file. `group` names documents with the same text: any of them is right."""

    key: str
    title: str
    body: str
    category: str
    group: str


@dataclass(frozen=True, slots=True)
class FiledQuestion:
    """A question of a file and the document that answers it; None where none does."""

    line: int
    text: str
    right: str | None
    language: str | None


def read_documents(path: Path) -> list[FiledDocument]:
    """Return the documents of a file: ``id, title?, text|body, category?, same_body_group?``.

    A document without any text is kept: a question may name it, only nothing can find it.

    Raises
    ------
    BadInput
        By file, line and field: no id, an id twice, not JSON, not UTF-8.
    """
    found: dict[str, FiledDocument] = {}
    for line, row in json_rows(path):
        key = _id(row, ("id",), path, line)
        if key in found:
            raise BadInput(str(path), f"id: '{key}' stands there twice", line=line)
        title = _text(row, ("title",), path, line)
        body = _text(row, ("text", "body"), path, line)
        group = row.get("same_body_group")
        found[key] = FiledDocument(
            key,
            title,
            body,
            _text(row, ("category",), path, line),
            f"group:{group}" if group is not None else f"id:{key}",
        )
    if not found:
        raise BadInput(str(path), "there is no document in it")
    return list(found.values())


def read_questions(path: Path, *, answered: bool = True) -> list[FiledQuestion]:
    """Return the questions of a file: ``text|query|question`` and ``doc|service``, ``lang?``.

    Parameters
    ----------
    answered : whether each must name the document that answers it.

    Raises
    ------
    BadInput
        By file, line and field.
    """
    found = []
    for line, row in json_rows(path):
        text = _text(row, ("text", "query", "question"), path, line)
        if not text.strip():
            raise BadInput(str(path), "text: a question needs a text, query or question", line=line)
        named = any(row.get(name) is not None for name in ("doc", "service"))
        right = _id(row, ("doc", "service"), path, line) if answered or named else None
        language = row.get("lang")
        if language is not None and not isinstance(language, str):
            raise BadInput(str(path), f"lang: not a text: {language!r}", line=line)
        found.append(FiledQuestion(line, text, right, language or None))
    if not found:
        raise BadInput(str(path), "there is no question in it")
    return found


def check_questions(
    documents: Sequence[FiledDocument], questions: Sequence[FiledQuestion], path: Path
) -> None:
    """Hold questions against the documents that they name.

    Raises
    ------
    BadInput
        By file and line: a question names a document that is not there.
    """
    keys = {d.key for d in documents}
    for question in questions:
        if question.right not in keys:
            raise BadInput(
                str(path), f"doc: there is no document '{question.right}'", line=question.line
            )


def json_rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the objects of a file of JSON lines with their lines; empty lines are passed over.

    Raises
    ------
    BadInput
        By file and line: not JSON, not an object, not UTF-8; or the file cannot be read.
    """
    try:
        with path.open("rb") as lines:
            for number, raw in enumerate(lines, start=1):
                text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
                if text:
                    yield number, _object(text, path, number)
    except UnicodeDecodeError as fault:
        raise BadInput(str(path), f"not UTF-8: {fault.reason} at byte {fault.start}") from fault
    except OSError as fault:
        raise BadInput(str(path), f"cannot be read: {fault.strerror}") from fault


def _object(text: str, path: Path, line: int) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadInput(str(path), f"not JSON: {fault}", line=line) from fault
    if not isinstance(row, dict):
        raise BadInput(str(path), "not a JSON object", line=line)
    return row


def _id(row: dict[str, Any], names: tuple[str, ...], path: Path, line: int) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value):
            return str(value).encode("utf-8", "replace").decode()
        if value is not None:
            raise BadInput(
                str(path), f"{name}: neither a text nor a whole number: {value!r}", line=line
            )
    raise BadInput(str(path), f"{' or '.join(names)}: missing", line=line)


def _text(row: dict[str, Any], names: tuple[str, ...], path: Path, line: int) -> str:
    for name in names:
        value = row.get(name)
        if isinstance(value, str):
            return value
        if value is not None:
            raise BadInput(str(path), f"{name}: not a text: {value!r}", line=line)
    return ""
