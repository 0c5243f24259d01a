"""What can go wrong in the air room.

InvalidRules   422   the rules file of a city cannot be used as it stands; names file, line, field
InvalidSeries  422   a series or values file that cannot be read at all; names file, line
UnknownMeasure 404
UnknownForecast 404
NotAwaitingApproval 409
"""

from __future__ import annotations

from madang.kernel.errors import BadInput, Conflict, NotFound


class InvalidRules(BadInput):
    """The rules file cannot be used as it stands; the message names file, line and field."""

    code = "invalid-air-rules"


class InvalidSeries(BadInput):
    """A file of values cannot be read at all; single bad rows are reported, not raised."""

    code = "invalid-air-series"


class UnknownMeasure(NotFound):
    """No measure has this number."""

    code = "unknown-measure"


class UnknownForecast(NotFound):
    """No forecast has been issued for this place yet."""

    code = "unknown-forecast"


class NotAwaitingApproval(Conflict):
    """The measure is not waiting for an officer: it is in force, lifted, or needs no approval."""

    code = "measure-not-awaiting-approval"


class NotInForce(Conflict):
    """The measure is over already."""

    code = "measure-not-in-force"
