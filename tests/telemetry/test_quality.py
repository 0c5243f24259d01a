"""The quality word in words says what the engine's bits say."""

from __future__ import annotations

import numpy as np
import pytest

from madang.telemetry import quality


def test_the_bits_are_the_engines():
    flags = pytest.importorskip("madang.telemetry.engine.flags")
    assert quality.QARTOD_CODES == flags.QARTOD
    assert list(quality.TESTS) == list(flags.BITS)
    for word in range(5):
        for bit in flags.BITS.values():
            told = quality.quality(word | bit)
            assert told["tests"] == flags.names(word | bit)
            assert told["code"] == flags.qartod(np.array([word | bit], np.uint16))[0]
