"""How values are kept in the table `obs`: whole multiples of the property's resolution."""

from __future__ import annotations

import math

MISSING = -2147483648  # as the LakeTable says


def scaled(column: str, resolution: float) -> str:
    """Return the value of a scaled column; dividing by a whole number rounds right, 0.1 is not.

    >>> scaled("v", 0.1), scaled("v", 0.25), scaled("v", 5.0)
    ('v / 10', 'v / 4', 'v * 5.0')
    """
    steps = 1.0 / resolution
    if steps >= 1.0 and math.isclose(steps, round(steps), rel_tol=1e-9):
        return f"{column} / {round(steps)}"
    return f"{column} * {float(resolution)!r}"


def kept(value: float, resolution: float) -> float:
    """Return a value as it reads after it went through the table; NaN stays NaN.

    >>> kept(12.3456, 0.1), kept(12.3456, 0.0)
    (12.3, 12.3456)
    """
    if not resolution or math.isnan(value):
        return value
    steps = 1.0 / resolution
    if steps >= 1.0 and math.isclose(steps, round(steps), rel_tol=1e-9):
        return round(value * round(steps)) / round(steps)
    return round(value / resolution) * resolution
