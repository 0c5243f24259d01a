"""Calls with a telephone that keeps the rules, breaks them, or goes away."""

from __future__ import annotations

import asyncio
import json
import wave

import pytest

from madang.callcentre.voice.answering import Spoken
from madang.callcentre.voice.endpoint import Limits
from tests.callcentre.voice.handset import Beeps, Handset, Knows, Says, header, scene, wire

QUIET = bytes([0xFF]) * 160


def test_a_question_is_answered_and_written_down(tmp_path):
    question = "주민번호 900101-1234567 전입신고 언제까지"

    async def call():
        out = tmp_path / "calls.jsonl"
        async with scene(stt=Says(question), out=out) as here:
            phone = await here.handset()
            await phone.call()
            await phone.until_asked(here.endpoint)
            phone.heard()
            phone.speak(30)
            phone.speak(60, level=3)
            began = await here.until("answer-begins")
            assert 0 <= began["after_s"] < 3
            await asyncio.sleep(0.3)
            assert any(sound != QUIET for sound in phone.heard())
            await phone.hang_up()
            ended = await here.until("end")
            assert ended["outcome"] == "caller"
            assert ended["rtp"]["received"] == ended["rtp"]["expected"] == 90
            assert here.endpoint.parts.answerer.asked == [
                "주민번호 900101-1234567 전입신고 언제까지"
            ]
        rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert "900101" not in out.read_text("utf-8"), "masked before it is kept"
        assert rows[0]["caller"] == "…8888"
        said = [row for row in rows if row["event"] == "line" and row["side"] == "machine"]
        assert "기계" in said[0]["text"], "the machine says that it is one, first"

    asyncio.run(call())


@pytest.mark.parametrize(("formats", "law"), [("8 101", "PCMA"), ("18 0", "PCMU")])
def test_the_first_law_that_both_know_is_spoken(formats, law):
    async def call():
        async with scene() as here:
            phone = await here.handset()
            answer = await phone.call(formats)
            assert f"{law}/8000" in answer
            assert ("telephone-event" in answer) is ("101" in formats)
            await here.come(lambda: len(phone.heard()))
            await phone.hang_up()

    asyncio.run(call())


def test_another_codec_is_refused_and_others_go_on():
    async def call():
        async with scene() as here:
            phone, other = await here.handset(), await here.handset()
            phone.send(phone.request("INVITE", phone.sdp("18 101")))
            refused = await phone.next("SIP/2.0 488")
            assert "G.711" in header(refused, "Warning")
            phone.ack()
            await other.call()
            await other.hang_up()

    asyncio.run(call())


def test_a_refusal_is_repeated_until_its_ack_comes():
    async def call():
        async with scene() as here:
            phone = await here.handset()
            phone.send(phone.request("INVITE", phone.sdp("18")))
            await phone.next("SIP/2.0 488")
            await phone.next("SIP/2.0 488")
            request = phone.request("ACK", cseq=phone.cseq, branch=f"INVITE1{phone.call_id}")
            phone.send(request)
            await asyncio.sleep(0.1)
            while not phone.sip.came.empty():
                phone.sip.came.get_nowait()
            await asyncio.sleep(0.4)
            assert phone.sip.came.empty()

    asyncio.run(call())


def test_a_half_open_call_is_ended_by_bye():
    async def call():
        async with scene() as here:
            phone = await here.handset()
            phone.send(phone.request("INVITE", phone.sdp()))
            phone.know(await phone.next("SIP/2.0 200"))
            await phone.next("SIP/2.0 200")  # repeated, for no ACK came
            phone.answer(await phone.next("BYE"), "200 OK")
            await here.come(lambda: here.endpoint.counts["no-ack"] == 1)
            assert here.endpoint.live == 0

    asyncio.run(call())


def test_an_invite_that_comes_twice_is_one_call():
    async def call():
        async with scene() as here:
            phone = await here.handset()
            invite = phone.request("INVITE", phone.sdp())
            phone.send(invite)
            phone.know(await phone.next("SIP/2.0 200"))
            phone.send(invite)
            again = await phone.next("SIP/2.0 200")
            assert header(again, "To") == phone.to
            phone.ack()
            phone.send(invite)
            await phone.next("SIP/2.0 200")
            assert here.endpoint.live == 1
            await phone.hang_up()

    asyncio.run(call())


def test_sound_from_anybody_else_is_not_heard():
    async def call():
        async with scene(stt=Says("누구")) as here:
            phone = await here.handset()
            await phone.call()
            phone.speak(1)
            stranger = await wire("127.0.0.2")
            neighbour = await wire()
            phone.speak(40, via=stranger)
            phone.speak(40, via=neighbour)
            stranger.transport.close()
            neighbour.transport.close()
            await asyncio.sleep(0.2)
            await phone.hang_up()
            counted = (await here.until("end"))["rtp"]
            assert (counted["strangers"], counted["received"]) == (80, 1)
            assert here.endpoint.parts.stt.asked == 0

    asyncio.run(call())


def test_a_silent_call_is_ended():
    async def call():
        async with scene(limits=Limits(silent_s=1.0)) as here:
            phone = await here.handset()
            await phone.call()
            phone.answer(await phone.next("BYE"), "200 OK")
            assert (await here.until("end"))["outcome"] == "no-sound"

    asyncio.run(call())


async def _operator(phone: Handset, status: str) -> str:
    """Play the telephone's side of a transfer; return its target."""
    asked = await phone.next("REFER")
    phone.answer(asked, "202 Accepted")
    event = "Event: refer\r\nSubscription-State: terminated\r\n"
    phone.send(phone.request("NOTIFY", f"SIP/2.0 {status}\r\n", event))
    await phone.next("SIP/2.0 200")
    return header(asked, "Refer-To")


def test_zero_at_any_time_passes_the_call_to_a_person():
    async def call():
        async with scene(operator="sip:desk@127.0.0.9") as here:
            phone = await here.handset()
            await phone.call()
            phone.press(0)
            assert await _operator(phone, "200 OK") == "<sip:desk@127.0.0.9>"
            phone.answer(await phone.next("BYE"), "200 OK")
            assert (await here.until("end"))["outcome"] == "handed-over"
            assert [one["digit"] for one in here.events("digit")] == ["0"]

    asyncio.run(call())


@pytest.mark.parametrize("said", ["상담원 연결해 주세요", "I want to talk to a person"])
def test_the_word_passes_the_call_to_a_person(said):
    async def call():
        async with scene(stt=Says(said), operator="sip:desk@127.0.0.9") as here:
            phone = await here.handset()
            await phone.call()
            await phone.until_asked(here.endpoint)
            phone.speak(30)
            phone.speak(60, level=3)
            await _operator(phone, "200 OK")
            assert here.events("hand-over")[0]["reason"] == "asked"
            phone.answer(await phone.next("BYE"), "200 OK")

    asyncio.run(call())


@pytest.mark.parametrize("operator", ["sip:desk@127.0.0.9", ""])
def test_where_no_person_is_had_a_call_back_is_promised(operator):
    async def call():
        async with scene(operator=operator) as here:
            phone = await here.handset()
            await phone.call()
            phone.press(0)
            if operator:
                await _operator(phone, "480 Temporarily Unavailable")
            await here.come(lambda: any("1번을" in t for t in here.endpoint.parts.tts.said))
            await asyncio.sleep(0.2)
            phone.press(1)
            assert (await here.until("callback"))["number"] == "01099998888"
            phone.answer(await phone.next("BYE"), "200 OK")

    asyncio.run(call())


def test_more_calls_wait_then_are_refused_and_the_waiting_are_taken():
    async def call():
        async with scene(limits=Limits(calls=1, waiting=1)) as here:
            first, second, third = [await here.handset() for _ in range(3)]
            await first.call()
            second.send(second.request("INVITE", second.sdp()))
            await second.next("SIP/2.0 182")
            third.send(third.request("INVITE", third.sdp()))
            refused = await third.next("SIP/2.0 503")
            assert header(refused, "Retry-After") == "30"
            assert here.events("missed")[0]["number"] == "01099998888", "so it can be called back"
            third.ack()
            await first.hang_up()
            second.know(await second.next("SIP/2.0 200"))
            second.ack()
            await second.hang_up()

    asyncio.run(call())


def test_who_waits_too_long_is_told_that_we_are_busy():
    async def call():
        async with scene(limits=Limits(calls=1, waiting=1, wait_s=0.2)) as here:
            first, second = await here.handset(), await here.handset()
            await first.call()
            second.send(second.request("INVITE", second.sdp()))
            await second.next("SIP/2.0 486")

    asyncio.run(call())


def test_a_waiting_call_can_be_cancelled():
    async def call():
        async with scene(limits=Limits(calls=1, waiting=1)) as here:
            first, second = await here.handset(), await here.handset()
            await first.call()
            second.send(second.request("INVITE", second.sdp()))
            await second.next("SIP/2.0 182")
            branch = f"INVITE1{second.call_id}"
            second.send(second.request("CANCEL", cseq=1, branch=branch))
            await second.next("SIP/2.0 200")
            await second.next("SIP/2.0 487")
            await first.hang_up()
            assert here.endpoint.live == 0

    asyncio.run(call())


def test_on_hold_nothing_is_said_and_silence_ends_nothing():
    async def call():
        async with scene(limits=Limits(silent_s=1.0), tts=Beeps(2.0)) as here:
            phone = await here.handset()
            await phone.call()
            phone.send(phone.request("INVITE", phone.sdp(direction="sendonly")))
            answer = await phone.next("SIP/2.0 200")
            assert "a=recvonly" in answer
            phone.ack()
            await asyncio.sleep(0.1)
            phone.heard()
            await asyncio.sleep(1.3)
            assert phone.heard() == []
            phone.send(phone.request("INVITE", phone.sdp()))
            await phone.next("SIP/2.0 200")
            phone.ack()
            await here.come(phone.heard)
            await phone.hang_up()

    asyncio.run(call())


def test_speech_silences_the_machine():
    async def call():
        async with scene(stt=Says("첫 질문", "둘째 질문"), tts=Beeps(0.2)) as here:
            phone = await here.handset()
            await phone.call()
            await phone.until_asked(here.endpoint)
            here.endpoint.parts.tts._seconds = 5.0
            phone.speak(30)
            phone.speak(60, level=3)
            await here.until("answer-begins")
            phone.speak(30)
            assert (await here.until("interrupted"))["unsaid_s"] > 2
            await phone.hang_up()

    asyncio.run(call())


def test_recording_waits_for_consent_and_holds_both_sides(tmp_path):
    async def call(key: int) -> dict:
        async with scene(recordings=tmp_path, keep_days=7) as here:
            phone = await here.handset()
            await phone.call()
            asked = await here.come(
                lambda: [t for t in here.endpoint.parts.tts.said if "녹음해도" in t]
            )
            assert "녹음은 7일 동안" in " ".join(here.endpoint.parts.tts.said), asked
            await asyncio.sleep(0.4)
            phone.press(key)
            told = await here.until("consent")
            phone.speak(20)
            await asyncio.sleep(0.4)
            await phone.hang_up()
            await here.until("end")
            return told

    assert asyncio.run(call(2))["recording"] is False
    assert list(tmp_path.glob("*.wav")) == []
    assert asyncio.run(call(1))["recording"] is True
    with wave.open(str(next(tmp_path.glob("*.wav")))) as kept:
        assert (kept.getnchannels(), kept.getframerate()) == (2, 8000)
        assert kept.getnframes() > 8000 * 0.2


def test_what_is_not_understood_twice_goes_to_a_person():
    async def call():
        async with scene(stt=Says("", ""), operator="sip:desk@127.0.0.9") as here:
            phone = await here.handset()
            await phone.call()
            await phone.until_asked(here.endpoint)
            for _ in range(2):
                phone.speak(30)
                phone.speak(60, level=3)
                await asyncio.sleep(0.4)
            await _operator(phone, "200 OK")
            assert here.events("hand-over")[0]["reason"] == "not-understood"
            phone.answer(await phone.next("BYE"), "200 OK")

    asyncio.run(call())


def test_one_of_several_is_chosen_by_a_key():
    async def call():
        choices = (("a", "전입신고"), ("b", "확정일자"))
        knows = Knows(Spoken("", "ko", "choices", choices=choices))
        async with scene(stt=Says("이사"), answerer=knows) as here:
            phone = await here.handset()
            await phone.call()
            await phone.until_asked(here.endpoint)
            phone.speak(30)
            phone.speak(60, level=3)
            await here.come(lambda: any("2번" in text for text in here.endpoint.parts.tts.said))
            phone.press(2)
            await here.come(lambda: knows.asked == ["이사", "b"])
            await phone.hang_up()

    asyncio.run(call())
