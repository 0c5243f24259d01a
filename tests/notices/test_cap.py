"""CAP 1.2 documents: order of elements, codes, and what is refused."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from madang.kernel.times import zone
from madang.notices import api
from madang.notices.api import Alert, Area, Info
from madang.notices.cap import NAMESPACE
from madang.notices.errors import AlertExists, InvalidAlert, UnknownAlert

SENT = datetime(2026, 11, 22, 14, tzinfo=zone("Asia/Seoul"))
INFO = Info(
    language="ko", category="Env", event="초미세먼지 주의보", urgency="Immediate",
    severity="Moderate", certainty="Observed", response="Avoid", headline="h <&> ",
    description="d", instruction="i", sender_name="s", effective=SENT, onset=SENT,
    expires=SENT + timedelta(hours=7), areas=(Area("마포구", (("district", "11440"),)),),
    parameters=(("origin", "real"),),
)  # fmt: skip
ALERT = Alert("a-1", "air.seoul.madang", SENT, "Actual", "Alert", (INFO,), note="n")

# sequences of the schema in section 3.4 of the standard
ORDER_ALERT = [
    "identifier", "sender", "sent", "status", "msgType", "source", "scope", "restriction",
    "addresses", "code", "note", "references", "incidents", "info",
]  # fmt: skip
ORDER_INFO = [
    "language", "category", "event", "responseType", "urgency", "severity", "certainty",
    "audience", "eventCode", "effective", "onset", "expires", "senderName", "headline",
    "description", "instruction", "web", "contact", "parameter", "resource", "area",
]  # fmt: skip


def names(node: ET.Element) -> list[str]:
    return [child.tag.removeprefix(f"{{{NAMESPACE}}}") for child in node]


def is_ordered(found: list[str], order: list[str]) -> bool:
    places = [order.index(name) for name in found]
    return places == sorted(places)


def test_elements_stand_in_the_order_of_the_schema():
    root = ET.fromstring(api.cap_document(ALERT))
    assert root.tag == f"{{{NAMESPACE}}}alert"
    assert is_ordered(names(root), ORDER_ALERT)
    info = root.find(f"{{{NAMESPACE}}}info")
    assert is_ordered(names(info), ORDER_INFO)
    assert {"category", "event", "urgency", "severity", "certainty"} <= set(names(info))
    area = info.find(f"{{{NAMESPACE}}}area")
    assert names(area) == ["areaDesc", "geocode"]
    assert info.findtext(f"{{{NAMESPACE}}}headline") == "h <&> "


def test_times_have_an_offset_and_never_a_z():
    text = api.cap_document(replace(ALERT, sent=datetime(2026, 1, 1, tzinfo=UTC))).decode()
    assert "<sent>2026-01-01T00:00:00-00:00</sent>" in text
    assert "<effective>2026-11-22T14:00:00+09:00</effective>" in text


def test_characters_that_xml_cannot_hold_are_replaced():
    text = api.cap_document(replace(ALERT, note="a\x00b\x1f")).decode()
    assert ET.fromstring(text).findtext(f"{{{NAMESPACE}}}note") == "a\ufffdb\ufffd"


@pytest.mark.parametrize(
    ("change", "element"),
    [
        ({"identifier": "a b"}, "identifier"),
        ({"identifier": ""}, "identifier"),
        ({"sender": "a,b"}, "sender"),
        ({"status": "Real"}, "status"),
        ({"message_type": "Note"}, "msgType"),
        ({"scope": "All"}, "scope"),
        ({"infos": ()}, "info"),
        ({"message_type": "Cancel"}, "references"),
        ({"sent": datetime(2026, 1, 1)}, "sent"),  # noqa: DTZ001
        ({"infos": (replace(INFO, severity="Bad"),)}, "info[0].severity"),
        ({"infos": (replace(INFO, event=""),)}, "info[0].event"),
        ({"infos": (replace(INFO, expires=SENT),)}, "info[0].expires"),
        ({"infos": (replace(INFO, areas=(Area(""),)),)}, "info[0].area[0].areaDesc"),
    ],
)
def test_what_the_standard_forbids_is_refused_by_element(change, element):
    with pytest.raises(InvalidAlert) as caught:
        api.cap_document(replace(ALERT, **change))
    assert element in caught.value.fields


@pytest.mark.data
@pytest.mark.django_db
def test_a_published_alert_is_kept_as_it_was_sent():
    api.publish(ALERT, "measure:17")
    assert api.document("a-1") == api.cap_document(ALERT)
    assert [a.identifier for a in api.alerts("measure:17")] == ["a-1"]
    assert api.alerts("measure:18") == []
    with pytest.raises(AlertExists):
        api.publish(ALERT, "measure:17")
    for ask in (api.document, api.published):
        with pytest.raises(UnknownAlert):
            ask("a-2")


@pytest.mark.data
@pytest.mark.django_db
def test_alerts_over_http():
    api.publish(ALERT, "measure:17")
    (alert,) = Client().get("/api/v1/notices/alerts").json()
    assert alert["identifier"] == "a-1"
    answer = Client().get(alert["document"])
    assert answer["Content-Type"].startswith("application/cap+xml")
    assert answer.content == api.cap_document(ALERT)
    assert Client().get("/api/v1/notices/alerts/none.xml").status_code == 404
