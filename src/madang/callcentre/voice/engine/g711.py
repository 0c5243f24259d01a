"""G.711: sixteen-bit samples to eight bits and back, mu-law and A-law, by tables.

References
----------
.. [1] ITU-T G.711 (11/1988), tables 1a to 2b; between two levels this rounds as most software does
   (Sun's g711.c).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

_BIAS, _CLIP = 132, 8158  # bias of the segments in sixteen bits; largest of fourteen with a code


def mulaw_samples(payload: bytes) -> Samples:
    """Return (n,) samples [1/32768 of full scale] of n octets of mu-law.

    >>> mulaw_samples(bytes([0xFF, 0x00, 0x80])).tolist()
    [0, -32124, 32124]
    """
    return _mulaw_expanded()[np.frombuffer(payload, np.uint8)]


def alaw_samples(payload: bytes) -> Samples:
    """Return (n,) samples [1/32768 of full scale] of n octets of A-law.

    >>> alaw_samples(bytes([0xD5, 0x55, 0xAA, 0x2A])).tolist()
    [8, -8, 32256, -32256]
    """
    return _alaw_expanded()[np.frombuffer(payload, np.uint8)]


def mulaw(samples: Samples) -> bytes:
    """Return the mu-law octets of (n,) samples.

    >>> mulaw(np.array([0, -32768, 32767, 1000], np.int16)).hex()
    'ff0080ce'
    """
    return _mulaw_codes()[samples.astype(np.uint16)].tobytes()


def alaw(samples: Samples) -> bytes:
    """Return the A-law octets of (n,) samples.

    >>> alaw(np.array([0, -32768, 32767, 1000], np.int16)).hex()
    'd52aaafa'
    """
    return _alaw_codes()[samples.astype(np.uint16)].tobytes()


@cache
def _mulaw_expanded() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + _BIAS << ((code & 0x70) >> 4)) - _BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _alaw_expanded() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment = (code & 0x70) >> 4
    small = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, small, small + 0x100 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _all_samples() -> NDArray[np.int32]:
    """Return all samples in the order of their sixteen bits read without sign."""
    return np.arange(65536, dtype=np.uint16).astype(np.int16).astype(np.int32)


@cache
def _mulaw_codes() -> NDArray[np.uint8]:
    samples = _all_samples() >> 2  # fourteen bits, as in table 2a
    biased = np.minimum(np.abs(samples), _CLIP) + _BIAS // 4
    segment = np.floor(np.log2(biased)).astype(np.int32) - 5
    step = (biased >> (segment + 1)) & 0x0F
    sign = np.where(samples < 0, 0x80, 0)
    codes: NDArray[np.uint8] = (~(sign | segment << 4 | step) & 0xFF).astype(np.uint8)
    return codes


@cache
def _alaw_codes() -> NDArray[np.uint8]:
    samples = _all_samples()
    # a negative sample is its ones' complement: -1 has the code of 0 with the other sign (G.191)
    level = np.where(samples < 0, ~samples, samples) >> 4
    segment = np.maximum(np.floor(np.log2(np.maximum(level, 1))).astype(np.int32) - 3, 0)
    step = np.where(segment == 0, level, level >> np.maximum(segment - 1, 0)) & 0x0F
    # from the second segment on the leading one is implied
    code = np.where(level < 16, level, segment << 4 | step)
    codes: NDArray[np.uint8] = np.where(samples >= 0, code ^ 0xD5, code ^ 0x55).astype(np.uint8)
    return codes
