"""What can go wrong in the call centre room.

InvalidCalls     422   a file of calls or a scenario cannot be used as it stands; file, line, field
Unstaffable      422   no number of operators keeps the target, or no shifts cover what is needed
"""

from __future__ import annotations

from madang.kernel.errors import BadInput, Invalid


class InvalidCalls(BadInput):
    """A file of calls cannot be used as it stands; the message names file, line and field."""

    code = "invalid-calls"


class Unstaffable(Invalid):
    """No number of operators keeps the target, or no shifts cover what is needed."""

    code = "unstaffable"
