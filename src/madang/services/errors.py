"""What can go wrong in the services room.

InvalidDecisionModel   422   a DMN file cannot be read; names file and line
InvalidFacts           422   facts do not fit the model; names file and field
UnknownDecision        404
InvalidExpression      422   a text is no FEEL; names the character
"""

from __future__ import annotations

from madang.kernel.errors import BadInput, Invalid, NotFound


class InvalidDecisionModel(BadInput):
    """A decision model cannot be read as it stands."""

    code = "invalid-decision-model"


class InvalidFacts(BadInput):
    """Facts for a decision do not fit the model."""

    code = "invalid-facts"


class UnknownDecision(NotFound):
    """The model has no decision of this name."""

    code = "unknown-decision"


class InvalidExpression(Invalid):
    """A text is no expression of FEEL."""

    code = "invalid-expression"
