"""What Whisper hears: the logarithmic mel spectrum of a sound.

References
----------
.. [1] A. Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", 2022,
   section 2.2: 16 kHz, 25 ms windows, 10 ms steps, 80 channels.
.. [2] M. Slaney, "Auditory Toolbox", 1998: the mel scale, linear below 1 kHz.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
STEP = 160
_WINDOW = 400
_CHANNELS = 80

Spectrum = NDArray[np.float32]


def log_mel(samples: NDArray[np.float32]) -> Spectrum:
    """Return the (80, n // 160) spectrum of (n,) samples at 16 kHz, -1 to 1.

    Values lie within 2 of each other: the largest minus 8 decades is the floor, all divided by 4.
    """
    padded = np.pad(samples, _WINDOW // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::STEP][:-1]
    window = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window, axis=1)).astype(np.float32) ** 2
    found = np.log10(np.maximum(power @ _filters().T, 1e-10)).T
    found = np.maximum(found, found.max() - 8.0)
    return np.ascontiguousarray((found + 4.0) / 4.0, np.float32)


@cache
def _filters() -> Spectrum:
    """Return the (80, 201) triangles, each of the same area."""
    bins = np.fft.rfftfreq(_WINDOW, 1.0 / RATE)
    edges = _hertz(np.linspace(0.0, _mel(RATE / 2), _CHANNELS + 2))
    apart = np.diff(edges)
    ramps = edges[:, None] - bins[None, :]
    lower, upper = -ramps[:-2] / apart[:-1, None], ramps[2:] / apart[1:, None]
    area = 2.0 / (edges[2:] - edges[:-2])
    return (np.maximum(0.0, np.minimum(lower, upper)) * area[:, None]).astype(np.float32)


# Slaney's scale: 200/3 Hz a mel up to 1 kHz, above it 27 mel for each factor of 6.4
_LINEAR, _BREAK_HZ, _FACTOR = 200.0 / 3.0, 1000.0, np.log(6.4) / 27.0


def _mel(hertz: float) -> float:
    return float(_BREAK_HZ / _LINEAR + np.log(hertz / _BREAK_HZ) / _FACTOR)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    high = _BREAK_HZ * np.exp(_FACTOR * (mel - _BREAK_HZ / _LINEAR))
    return np.where(mel < _BREAK_HZ / _LINEAR, mel * _LINEAR, high)
