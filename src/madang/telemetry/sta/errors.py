"""What can go wrong in a SensorThings request.

InvalidQuery     400   a path or query option that cannot be read
InvalidEntity    400   an entity that breaks the data model
NotSupported     501   a right request that we do not answer
Immutable        405   observations are never changed
"""

from __future__ import annotations

from madang.kernel.errors import Invalid, MadangError


class InvalidQuery(Invalid):
    """A path or a query option cannot be read; the message shows the place."""

    code = "invalid-query"
    http_status = 400


class InvalidEntity(Invalid):
    """An entity breaks the data model; `fields` names the properties."""

    code = "invalid-entity"
    http_status = 400


class NotSupported(MadangError):
    """The standard allows the request, but we do not answer it."""

    code = "not-supported"
    http_status = 501


class Immutable(MadangError):
    """The thing cannot be changed or deleted."""

    code = "immutable"
    http_status = 405
