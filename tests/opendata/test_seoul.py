"""The Seoul Open API dialect: codes and shapes, and the unmodified client `seoul`."""

from __future__ import annotations

import json
import socket
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import pytest
import seoul as client
from django.test import Client
from django.urls import re_path

from madang.air.models import DistrictHour
from madang.kernel.errors import Invalid, NotFound
from madang.opendata import http
from madang.opendata.keys import add_key, disable_key, is_valid, issued_keys
from tests.air.conftest import SEOUL

pytestmark = [pytest.mark.data, pytest.mark.django_db]

HOUR = timedelta(hours=1)
VALUES = {"pm25": 40.4, "pm10": 90.5, "o3": 0.0204, "no2": 0.03, "co": 0.44, "so2": 0.003}
NOON = datetime(2026, 11, 21, 12, tzinfo=SEOUL)

# the address of the dialect as port 8088 shows it
urlpatterns = [re_path("^(?P<rest>.*)$", http.answer)]


@pytest.fixture
def air():
    """Thirteen hours until noon in two districts."""
    for code, factor in (("11140", 1.0), ("11440", 0.5)):
        DistrictHour.objects.bulk_create(
            DistrictHour(
                district=code, origin="real", pollutant=pollutant, end=NOON - n * HOUR,
                value=value * factor, stations={"1": value * factor}, is_closed=True,
            )
            for pollutant, value in VALUES.items()
            for n in range(13)
        )  # fmt: skip


@pytest.fixture
def key() -> str:
    return add_key("a citizen")


def get(*parts: object, kind: str = "json"):
    path = "/".join(str(part) for part in parts)
    response = Client().get(f"/_dialect/seoul/{path}")
    assert response.status_code == 200
    return json.loads(response.content) if kind == "json" else ET.fromstring(response.content)


def code_of(*parts: object) -> str:
    answer = get(*parts)
    assert set(answer) == {"RESULT"}
    assert answer["RESULT"]["MESSAGE"]
    return answer["RESULT"]["CODE"]


def test_realtime_city_air_has_the_envelope_and_fields_of_the_city(air, key):
    table = get(key, "json", "RealtimeCityAir", 1, 25)["RealtimeCityAir"]
    assert table["list_total_count"] == 2
    assert table["RESULT"] == {"CODE": "INFO-000", "MESSAGE": "정상 처리되었습니다"}
    assert table["row"][0] == {
        "MSRDT": "202611211200", "MSRRGN_NM": "도심권", "MSRSTE_NM": "중구",
        "PM10": 91.0, "PM25": 40.0, "O3": 0.02, "NO2": 0.03, "CO": 0.4, "SO2": 0.003,
        "IDEX_NM": "보통", "IDEX_MVL": 100.0, "ARPLT_MAIN": "PM25",
    }  # fmt: skip


def test_rows_can_be_asked_by_region_and_district(air, key):
    def names(*arguments: str) -> list[str]:
        answer = get(key, "json", "RealtimeCityAir", 1, 25, *arguments)
        return [r["MSRSTE_NM"] for r in answer.get("RealtimeCityAir", {"row": []})["row"]]

    assert names("도심권") == ["중구"]
    assert names("%20", "마포구") == ["마포구"]
    assert names("도심권", "마포구") == []
    assert code_of(key, "json", "RealtimeCityAir", 1, 25, "도심권", "마포구") == "INFO-200"


def test_xml_has_the_same_rows(air, key):
    root = get(key, "xml", "RealtimeCityAir", 1, 25, kind="xml")
    assert root.tag == "RealtimeCityAir"
    assert [child.tag for child in root] == ["list_total_count", "RESULT", "row", "row"]
    assert root.findtext("RESULT/CODE") == "INFO-000"
    assert root.findtext("row/MSRSTE_NM") == "중구"
    assert root.findtext("row/PM25") == "40.0"


def test_rows_are_paged_from_one_and_inclusive(air, key):
    table = get(key, "json", "RealtimeCityAir", 2, 2)["RealtimeCityAir"]
    assert (table["list_total_count"], len(table["row"])) == (2, 1)
    assert table["row"][0]["MSRSTE_NM"] == "마포구"
    assert code_of(key, "json", "RealtimeCityAir", 3, 25) == "INFO-200"


def test_a_trailing_slash_is_optional(air, key):
    path = f"/_dialect/seoul/{key}/json/RealtimeCityAir/1/25/"
    assert Client().get(path).content == Client().get(path[:-1]).content


def test_hourly_means_of_a_day_an_hour_and_a_district(air, key):
    def stamps(*arguments: str) -> list[tuple[str, str]]:
        answer = get(key, "json", "TimeAverageAirQuality", 1, 1000, *arguments)
        rows = answer["TimeAverageAirQuality"]["row"]
        return [(r["MSRDT"], r["MSRSTE_NM"]) for r in rows]

    assert stamps("202611211200") == [("202611211200", "중구"), ("202611211200", "마포구")]
    day = stamps("20261121", "중구")
    assert len(day) == 12  # 01:00 to 12:00; midnight belongs to the day before
    assert day[0] == ("202611211200", "중구")
    assert stamps("20261120") == [("202611210000", "중구"), ("202611210000", "마포구")]
    assert stamps("202611202400") == stamps("202611210000") == stamps("20261120")
    assert len(stamps()) == 26
    row = get(key, "json", "TimeAverageAirQuality", 1, 1)["TimeAverageAirQuality"]["row"][0]
    assert list(row) == ["MSRDT", "MSRSTE_NM", "NO2", "O3", "CO", "SO2", "PM10", "PM25"]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("nonsense", "json", "RealtimeCityAir", 1, 5), "INFO-100"),
        (("sample", "json", "RealtimeCityAir", 1, 5), "INFO-200"),  # nothing measured yet
        (("sample", "json"), "ERROR-300"),
        (("sample", "json", "RealtimeCityAir"), "ERROR-300"),
        (("sample", "json", "RealtimeCityAir", 1), "ERROR-300"),
        (("sample", "json", "NoSuchTable", 1, 5), "ERROR-310"),
        (("sample", "json", "RealtimeCityAir", -1, 5), "ERROR-331"),
        (("sample", "json", "RealtimeCityAir", 0, 0), "ERROR-332"),
        (("sample", "json", "RealtimeCityAir", "a", 5), "ERROR-333"),
        (("sample", "json", "RealtimeCityAir", 1, "5.5"), "ERROR-333"),
        (("sample", "json", "RealtimeCityAir", 1, "٥"), "ERROR-333"),
        (("sample", "json", "RealtimeCityAir", 5, 1), "ERROR-334"),
        (("sample", "json", "RealtimeCityAir", 1, 6), "ERROR-335"),
        (("sample", "json", "TimeAverageAirQuality", 1, 5, "2026"), "ERROR-300"),
        (("sample", "json", "TimeAverageAirQuality", 1, 5, "20261341"), "ERROR-300"),
    ],
)
def test_what_is_wrong_is_said_by_code(parts, code):
    assert code_of(*parts) == code


def test_more_than_a_thousand_rows_are_refused(key):
    assert code_of(key, "json", "RealtimeCityAir", 1, 1001) == "ERROR-336"
    assert code_of(key, "json", "RealtimeCityAir", 1, 1000) == "INFO-200"


@pytest.mark.parametrize("kind", ["csv", "xls", ""])
def test_an_unknown_type_is_refused_in_xml(kind):
    root = get("sample", kind, "RealtimeCityAir", 1, 5, kind="xml")
    assert (root.tag, root.findtext("CODE")) == ("RESULT", "ERROR-301")


def test_a_table_that_fails_is_a_server_error_of_the_dialect(monkeypatch):
    monkeypatch.setattr("madang.air.open_tables.district_air", lambda: 1 / 0)
    assert code_of("sample", "json", "RealtimeCityAir", 1, 5) == "ERROR-500"


def test_a_key_is_shown_once_and_can_be_switched_off(key):
    assert is_valid(key)
    (listed,) = issued_keys()
    assert listed.shown == key[:8]
    disable_key(key[:8])
    assert not is_valid(key)
    with pytest.raises(NotFound):
        disable_key("00000000")
    with pytest.raises(Invalid):
        add_key(" ")


def test_the_demo_accepts_keys_of_the_form_of_the_city_and_production_does_not(monkeypatch):
    foreign = "0123456789abcdef0123456789abcdef01"
    assert is_valid(foreign)
    assert not is_valid("demo")
    monkeypatch.setattr(
        "madang.opendata.keys.settings", lambda: type("S", (), {"is_production": True})
    )
    assert not is_valid(foreign)


@pytest.mark.urls("tests.opendata.test_seoul")
@pytest.mark.django_db(transaction=True)
def test_the_unmodified_client_seoul_reads_realtime_city_air(live_server, air, key, monkeypatch):
    """Its host is fixed; names of the city's service resolve to our server here."""
    here = urlsplit(live_server.url)
    found = socket.getaddrinfo

    def resolved(host, port, *rest, **named):
        if host == "openapi.seoul.go.kr":
            assert port == 8088
            host, port = here.hostname, here.port
        return found(host, port, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    for used in (client.Client(key), client.Client()):  # the second with the key `sample`
        rows = used.get_air_realtime_city()
        assert [row.station_name for row in rows] == ["중구", "마포구"]
        assert rows[0].region_name == "도심권"
        assert rows[0].measured_at == NOON.replace(tzinfo=None)
        assert rows[0].pm25 == 40.0
        assert rows[0].index_value == 100.0
