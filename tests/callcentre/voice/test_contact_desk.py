"""A call of a running city: its words are lines of a contact, and the queue knows who wants it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from madang.access.api import purpose
from madang.callcentre import operators
from madang.callcentre.contact_models import Contact
from madang.callcentre.purposes import CENTRE, KEEP
from madang.callcentre.voice.contact_desk import ContactDesk
from tests.callcentre.centre import lines, operator, row
from tests.callcentre.voice.handset import Handset, Says, header, scene

pytestmark = [pytest.mark.data, pytest.mark.django_db(transaction=True)]


def kept() -> list[Contact]:
    with purpose(CENTRE, KEEP):
        return list(Contact.objects.order_by("opened"))


async def spoken_to(phone: Handset, here: Any) -> None:
    await phone.call()
    await phone.until_asked(here.endpoint)
    phone.speak(30)
    phone.speak(60, level=3)


def test_what_is_said_stands_in_the_contact_masked():
    async def call() -> None:
        async with scene(
            stt=Says("제 번호는 010-1234-5678 전입신고요"), desk=ContactDesk()
        ) as here:
            phone = await here.handset()
            await spoken_to(phone, here)
            await here.come(lambda: here.endpoint.parts.answerer.asked)
            await asyncio.sleep(0.2)
            await phone.hang_up()
            await here.come(lambda: not here.endpoint.live)

    asyncio.run(call())
    (contact,) = kept()
    said = lines(contact.pk)
    assert [text for side, text, _ in said if side == "resident"] == ["제 번호는 □ 전입신고요"]
    assert any(side == "machine" and "기계" in text for side, text, _ in said)
    assert (contact.channel, contact.outcome, bytes(contact.phone)) == ("phone", "answered", b"")


def test_who_asks_for_a_person_waits_and_is_referred_to_the_operator_who_takes_it():
    kim = operator("kim", "ko", address="sip:kim@10.0.0.9")

    async def call() -> None:
        async with scene(stt=Says("상담원 바꿔 주세요"), desk=ContactDesk()) as here:
            phone = await here.handset()
            await spoken_to(phone, here)

            def offered() -> bool:
                found = kept()
                return bool(found) and found[0].state == "offered"

            async with asyncio.timeout(8):
                while not await sync_to_async(offered)():
                    await asyncio.sleep(0.05)
            contact = (await sync_to_async(kept)())[0].pk
            await sync_to_async(operators.accept)(kim, contact)
            asked = await phone.next("REFER", 8)
            assert header(asked, "Refer-To") == "<sip:kim@10.0.0.9>"
            phone.answer(asked, "202 Accepted")
            event = "Event: refer\r\nSubscription-State: terminated\r\n"
            phone.send(phone.request("NOTIFY", "SIP/2.0 200 OK\r\n", event))
            phone.answer(await phone.next("BYE"), "200 OK")
            await here.come(lambda: not here.endpoint.live)

    asyncio.run(call())
    (contact,) = kept()
    assert row(contact.pk).state == "active", "the operator ends it, not the machine"


def test_a_language_that_is_heard_is_the_one_that_is_waited_in():
    async def call() -> None:
        desk = ContactDesk()
        contact = await desk.open("1", "ko", "01012345678")
        desk.tell(contact, "language", language="en")
        place = await desk.hand_over(contact, "pressed")
        assert place.state in ("waiting", "closed")
        await desk.end(contact, "caller", answers=0)
        await desk.close()

    asyncio.run(call())
    (contact,) = kept()
    assert (contact.language, contact.outcome) == ("en", "abandoned")


def test_who_is_to_be_called_back_stands_in_the_queue_with_the_number():
    async def call() -> None:
        desk = ContactDesk()
        contact = await desk.open("1", "ko", "")
        assert await desk.call_back(contact, "01012345678")
        await desk.end(contact, "callback")
        await desk.close()

    asyncio.run(call())
    first, second = kept()
    assert (first.outcome, second.channel, second.phone_end) == ("callback", "callback", "5678")
    assert second.state == "waiting"
