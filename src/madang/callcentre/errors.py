"""What can go wrong in the call centre room.

InvalidCalls     422   a file of calls or a scenario cannot be used as it stands; file, line, field
Unstaffable      422   no number of operators keeps the target, or no shifts cover what is needed
UnknownContact   404   there is no such contact, or it was forgotten
NotYours         409   a contact is another operator's, or is not at that point any more
"""

from __future__ import annotations

from madang.kernel.errors import BadInput, Conflict, Invalid, NotFound


class InvalidCalls(BadInput):
    """A file of calls cannot be used as it stands; the message names file, line and field."""

    code = "invalid-calls"


class Unstaffable(Invalid):
    """No number of operators keeps the target, or no shifts cover what is needed."""

    code = "unstaffable"


class UnknownContact(NotFound):
    """There is no such contact, or its time of keeping is over."""

    code = "unknown-contact"


class NotYours(Conflict):
    """A contact is another operator's, or is not at that point any more."""

    code = "contact-not-yours"
