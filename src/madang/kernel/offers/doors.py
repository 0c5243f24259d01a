"""Ways in that a room offers: commands, APIs, pages, paths of streams, open tables."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class Command:
    """A command ``madang <path>``; the target is a click command."""

    path: str
    target: Target
    help: str


@dataclass(frozen=True)
class API:
    """A django-ninja router mounted at ``/api/v1/<prefix>``; operations state `auth` themselves."""

    prefix: str
    target: Target


@dataclass(frozen=True)
class Page:
    """A page or other Django view.

    `access` is the authorisation decision: ``public``, ``signed-in``, ``role:<name>[,<name>]`` or
    ``key`` (the view itself checks a device key). `easy` says that the page is written in easy
    words, too (`kernel.easy`).
    """

    path: str
    target: Target
    name: str
    access: str
    csrf_exempt: bool = False
    easy: bool = False


@dataclass(frozen=True)
class StreamRoute:
    """A path prefix answered by the stream process; the target is an ASGI application.

    `methods` and `pattern` (a regular expression on the path) narrow it; the front sends the
    rest of the prefix to the web process.
    """

    pattern: str
    methods: tuple[str, ...]
    target: Target
    access: str


@dataclass(frozen=True)
class OpenTable:
    """A table served in the Seoul Open API dialect (``:8088/{KEY}/{json|xml}/{name}/1/25/``)."""

    name: str
    target: Target
    help: str
