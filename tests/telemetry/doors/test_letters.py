"""Refused rows as dead letters."""

from __future__ import annotations

from madang.telemetry import refusals
from madang.telemetry.doors.letters import Sender, letters
from madang.telemetry.doors.rows import RefusedRow

SENDER = Sender("north", "jsonl", 1_795_359_600_000)


def refused(row, code="malformed", payload=b"x"):
    return RefusedRow(row, code, f"reason {row}", payload)


def test_a_refused_row_becomes_a_letter_with_all_that_is_known():
    (message,) = letters(SENDER, [refused(3, payload='{"v": "열"}'.encode())])
    assert message.subject == "madang.dead.jsonl"
    letter = refusals.decode(message.data)
    assert (letter.gateway, letter.door, letter.code) == ("north", "jsonl", "malformed")
    assert letter.reason == "row 3: reason 3"
    assert letter.payload == '{"v": "열"}'


def test_rows_of_one_code_share_letters_and_none_is_left_out():
    rows = [refused(n, payload=b"%05d" % n + b"." * 95) for n in range(1000)]
    found = [refusals.decode(message.data) for message in letters(SENDER, rows)]
    assert len(found) == 25  # 40 rows of 101 bytes fit into 4 KiB
    kept = [line for letter in found for line in letter.payload.split("\n")]
    assert [int(line[:5]) for line in kept] == list(range(1000))
    assert found[0].reason.endswith("(and 39 more rows of the same request)")


def test_codes_do_not_mix():
    rows = [refused(0), refused(1, "not-finite"), refused(2)]
    codes = [refusals.decode(message.data).code for message in letters(SENDER, rows)]
    assert codes == ["malformed", "not-finite"]


def test_a_long_row_is_cut_and_bytes_that_are_no_text_are_kept_as_base64():
    long, raw = letters(SENDER, [refused(0, payload=b"a" * 9000), refused(1, payload=b"\xff\xfe")])
    assert refusals.decode(long.data).payload == "a" * 4096
    assert refusals.decode(raw.data).payload == "//4="


def test_letters_of_a_named_request_are_named_so_that_they_are_kept_once():
    rows = [refused(0), refused(1, "not-finite")]
    assert [message.msg_id for message in letters(SENDER, rows, "m-7")] == [
        "m-7-dead-0",
        "m-7-dead-1",
    ]
    assert [message.msg_id for message in letters(SENDER, rows)] == ["", ""]
