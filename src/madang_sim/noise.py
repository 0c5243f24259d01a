"""Random functions of time that can be asked at any moment, in any order, and answer the same.

A walk with state would make a replayed hour differ from the first run of it. Here a value hangs on
(seed, moment) alone: Gaussian knots keyed by their index, joined by a smooth step.
"""

from __future__ import annotations

import numpy as np


def gaussians(seed: int, index: int, size: int) -> np.ndarray:
    """Return `size` standard normal numbers that belong to (seed, index)."""
    key = np.array([seed & 0xFFFF_FFFF_FFFF_FFFF, index & 0xFFFF_FFFF_FFFF_FFFF], np.uint64)
    return np.random.Generator(np.random.Philox(key=key)).standard_normal(size)


def smooth(seed: int, t_s: float, knot_s: float, size: int = 1) -> np.ndarray:
    """Return `size` independent smooth processes at `t_s`, each of unit variance at its knots.

    Parameters
    ----------
    t_s : moment [s since 1970-01-01 UTC]
    knot_s : distance of the knots [s]; the process decorrelates over about this time.
    """
    position = t_s / knot_s
    knot = int(np.floor(position))
    step = position - knot
    weight = step * step * (3.0 - 2.0 * step)  # smoothstep: no kink at a knot
    return (1.0 - weight) * gaussians(seed, knot, size) + weight * gaussians(seed, knot + 1, size)


def uniforms(seed: int, index: int, size: int) -> np.ndarray:
    """Return `size` uniform numbers in [0, 1) that belong to (seed, index)."""
    key = np.array(
        [(seed ^ 0x5EED) & 0xFFFF_FFFF_FFFF_FFFF, index & 0xFFFF_FFFF_FFFF_FFFF], np.uint64
    )
    return np.random.Generator(np.random.Philox(key=key)).random(size)
