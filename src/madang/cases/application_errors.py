"""What can go wrong while somebody applies.

NoDraft            404   there is no such application, or it was deleted
ChangedElsewhere   409   another window saved it meanwhile
NewVersion         409   the service has changed since the application was begun
Incomplete         422   questions are open; names them
"""

from __future__ import annotations

from madang.kernel.errors import Conflict, Invalid, NotFound


class NoDraft(NotFound):
    """There is no such application, or it was deleted after its time."""

    code = "no-such-application"


class ChangedElsewhere(Conflict):
    """The application was saved by another window since it was read."""

    code = "changed-elsewhere"


class NewVersion(Conflict):
    """The service has a newer version than the one the application was begun with."""

    code = "new-version"


class Incomplete(Invalid):
    """The application cannot be sent: questions are open."""

    code = "incomplete-application"
