"""Samples, packets, digits and voices, against published values and by hand."""

from __future__ import annotations

import sys
import warnings

import numpy as np
import pytest

from madang.callcentre.voice.engine import g711
from madang.callcentre.voice.engine.digits import Digits
from madang.callcentre.voice.engine.error_rate import error_rate
from madang.callcentre.voice.engine.mel import log_mel
from madang.callcentre.voice.engine.rtp import InOrder, Reception, packet, read_packet
from madang.callcentre.voice.engine.voice_activity import Ear, Turn

ALL = np.arange(-32768, 32768).astype(np.int16)
LAWS = [(g711.mulaw, g711.mulaw_samples), (g711.alaw, g711.alaw_samples)]


@pytest.mark.parametrize(
    ("code", "sample"),
    # ITU-T G.711, tables 2a and 2b: the ends of the first and last segments, in sixteen bits
    [(0x00, -32124), (0x80, 32124), (0x7F, 0), (0xFF, 0), (0x70, -120), (0xF0, 120), (0x8F, 16764)],
)
def test_mulaw_expands_as_the_table_says(code, sample):
    assert g711.mulaw_samples(bytes([code])).tolist() == [sample]


@pytest.mark.parametrize(
    ("code", "sample"),  # ITU-T G.711, tables 1a and 1b
    [(0xD5, 8), (0x55, -8), (0xAA, 32256), (0x2A, -32256), (0x80, 5504), (0xC5, 264)],
)
def test_alaw_expands_as_the_table_says(code, sample):
    assert g711.alaw_samples(bytes([code])).tolist() == [sample]


@pytest.mark.parametrize(("shorten", "expand"), LAWS, ids=["mulaw", "alaw"])
def test_what_was_expanded_is_shortened_to_the_same(shorten, expand):
    codes = bytes(range(256))
    again = shorten(expand(codes))
    assert expand(again).tolist() == expand(codes).tolist()
    error = np.abs(expand(shorten(ALL)).astype(int) - ALL)
    assert (error <= np.maximum(20, np.abs(ALL.astype(int)) * 0.04)).all()


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python has no audioop any more")
def test_every_sample_is_shortened_as_the_old_library_did():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        import audioop
    assert g711.mulaw(ALL) == audioop.lin2ulaw(ALL.tobytes(), 2)
    assert g711.alaw(ALL) == audioop.lin2alaw(ALL.tobytes(), 2)


def test_a_packet_with_extension_padding_and_sources_is_read():
    plain = packet(8, 65535, 160, 9, b"sound", 1)
    head = bytes([0x80 | 0x20 | 0x10 | 1]) + plain[1:12]
    data = head + b"\0\0\0\1" + b"\xbe\xde\0\1" + b"\1\2\3\4" + b"sound" + b"\0\0\3"
    found = read_packet(data)
    assert (found.payload, found.sequence, found.marker) == (b"sound", 65535, True)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x80", b"\x00" * 20, bytes([0x80, 200]) + bytes(10), bytes([0x9F]) + bytes(11),
     bytes([0xA0]) + bytes(10) + b"\xff"],
    ids=["empty", "short", "no version", "rtcp", "sources cut off", "padding beyond"],
)  # fmt: skip
def test_what_is_no_packet_is_none(data):
    assert read_packet(data) is None


def test_loss_twice_and_wrap_are_counted():
    counted = Reception()
    for number in [65533, 65534, 0, 1, 1, 65535, 4]:
        counted.take(number, 160 * ((number - 65533) & 0xFFFF), 0.02 * ((number - 65533) & 0xFFFF))
    assert (counted.received, counted.duplicates) == (6, 1)
    assert (counted.expected, counted.lost) == (8, 2)
    assert counted.jitter_ms == pytest.approx(0.0, abs=0.01)


def test_jitter_is_that_of_the_standard():
    counted = Reception()
    late = [0.0, 0.005, 0.0, 0.005]
    for number, behind in enumerate(late):
        counted.take(number, 160 * number, 0.02 * number + behind)
    mean = 0.0
    for apart in (40.0, 40.0, 40.0):  # 5 ms are 40 ticks; RFC 3550, A.8
        mean += (apart - mean) / 16
    assert counted.jitter == pytest.approx(mean)


def test_a_stream_that_begins_anew_is_not_loss():
    counted = Reception()
    for number in (10, 11, 40_000, 40_001):
        counted.take(number, 0, 0.0)
    assert (counted.expected, counted.lost, counted.restarts) == (4, 0, 1)


def test_packets_are_put_in_order_and_holes_are_told():
    order = InOrder(patience=2)
    handed = [p for n in (5, 7, 6, 9, 10, 11) for p in order.put(n, b"%d" % n)]
    assert handed == [b"5", b"6", b"7", None, b"9", b"10", b"11"]
    assert list(order.put(8, b"8")) == [], "too late"


def test_a_long_pause_is_not_filled():
    order = InOrder()
    list(order.put(1, b"1"))
    assert list(order.put(500, b"500")) == [b"500"]


def test_a_digit_whose_end_was_lost_is_told_by_the_next():
    keys = Digits()
    assert keys.take(0, bytes([0, 10, 0, 160])) == ""
    assert keys.take(1600, bytes([11, 10, 0, 160])) == "0"
    assert keys.take(1600, bytes([11, 138, 3, 32])) == "#"
    assert keys.take(1600, bytes([11, 138, 3, 32])) == ""
    assert keys.flush() == ""
    assert [keys.take(0, junk) for junk in (b"", b"\1\2", bytes([99, 138, 0, 0]))] == ["", "", ""]


def frames(level_db: float, count: int, seed: int = 1) -> list[np.ndarray]:
    scale = 32768 * 10 ** (level_db / 20)
    sound = np.random.default_rng(seed).normal(0.0, scale, 160 * count)
    return list(np.clip(sound, -32768, 32767).astype(np.int16).reshape(-1, 160))


def heard(ear: Ear, sounds: list[np.ndarray]) -> list[Turn]:
    return [turn for frame in sounds if (turn := ear.hear(frame)) is not Turn.NOTHING]


def test_speech_is_cut_out_with_what_came_before_it():
    ear = Ear()
    turns = heard(ear, frames(-65, 100) + frames(-20, 60, 2) + frames(-65, 60, 3))
    assert turns == [Turn.BEGAN, Turn.ENDED]
    seconds = len(ear.utterance()) / 8000
    assert 1.2 + 0.3 <= seconds - 0.7 <= 1.2 + 0.42, "400 ms before, 700 ms of silence after"


def test_a_hum_becomes_the_floor_and_speech_stands_above_it():
    ear = Ear()
    heard(ear, frames(-40, 600))
    assert not ear.is_open
    assert heard(ear, frames(-40, 200, 5)) == []
    assert heard(ear, frames(-18, 50, 6) + frames(-40, 60, 7)) == [Turn.BEGAN, Turn.ENDED]


def test_a_click_is_no_utterance():
    ear = Ear()
    assert heard(ear, frames(-70, 50) + frames(-10, 5) + frames(-70, 100)) == [Turn.BEGAN]
    assert not ear.is_open


def test_whoever_talks_on_is_cut():
    ear = Ear()
    assert Turn.CUT in heard(ear, frames(-70, 20) + frames(-15, 1300))


def test_a_tone_stands_in_its_channel():
    seconds = np.arange(16_000) / 16_000
    for hertz, channel in ((200, 4), (1000, 26), (4000, 62)):
        found = log_mel(np.sin(2 * np.pi * hertz * seconds).astype(np.float32))
        assert found.shape == (80, 100)
        assert abs(int(found.mean(axis=1).argmax()) - channel) <= 1
        assert found.max() - found.min() <= 2.0 + 1e-6


def test_error_rate_counts_what_is_heard():
    assert error_rate("탈북자를 위한 복지정책 알려줘", "탈북자를 위한 복지 정책 알려줘.") == 0.0
    assert error_rate("", "무엇") == 1.0
    assert error_rate("살 목자", "") == 1.0
