"""The engine's catalogue, read from the system of record."""

from __future__ import annotations

import time

import numpy as np
import pytest

from madang.kernel.registry import ObservedProperty as Offer
from madang.kernel.registry import QualityLimits
from madang.telemetry import api, catalogue, models
from madang.telemetry.changes import catalogue_version
from madang.telemetry.properties import synchronise

pytestmark = [pytest.mark.data, pytest.mark.django_db]

LIMITS = QualityLimits((0.0, 1000.0), (0.0, 500.0), 50.0, 1.0, 3600, 0.1, "made up for the test")
OFFERS = {
    "x_fine": Offer("x_fine", "Fine", "urn:fine", "mikrogram", "ug", 0.1, LIMITS, "x_coarse"),
    "x_coarse": Offer("x_coarse", "Coarse", "urn:coarse", "mikrogram", "ug", 1.0, LIMITS),
}


@pytest.fixture
def offered(monkeypatch):
    for module in ("catalogue", "properties"):
        monkeypatch.setattr(f"madang.telemetry.{module}.offered", lambda: OFFERS)
    synchronise()


def _gateway(name: str, origin: str) -> models.Gateway:
    api.create_gateway(name, origin)
    return models.Gateway.objects.get(name=name)


def _datastream(gateway: models.Gateway, thing: models.Thing, property: str) -> int:
    sensor, _ = models.Sensor.objects.get_or_create(gateway=gateway, name="s")
    return models.Datastream.objects.create(
        thing=thing, sensor=sensor, observed_property_id=property, name="d", unit={}, period_s=3600
    ).pk


def test_without_datastreams_it_is_empty_and_has_the_version(offered):
    api.create_gateway("a", "real")
    empty = catalogue.load_catalogue()
    assert len(empty) == 0
    assert empty.version == catalogue_version() > 0


def test_each_datastream_is_a_row_with_its_property_gateway_and_origin(offered):
    real, again = _gateway("a", "real"), _gateway("b", "replayed")
    things = [models.Thing.objects.create(gateway=g, name="t") for g in (real, again)]
    coarse = _datastream(real, things[0], "x_coarse")
    fine = _datastream(real, things[0], "x_fine")
    other = _datastream(again, things[1], "x_fine")
    found = catalogue.load_catalogue()
    assert found.ids.tolist() == [coarse, fine, other]
    assert [found.properties[p] for p in found.property] == ["x_coarse", "x_fine", "x_fine"]
    assert found.resolution.tolist() == [1.0, 0.1, 0.1]
    assert found.gateway.tolist() == [real.pk, real.pk, again.pk]
    assert found.origin.tolist() == [0, 0, 2]
    assert found.period_s.tolist() == [3600] * 3
    assert found.limits["x_fine"].spike == 50.0


def test_a_replayed_datastream_is_never_stale(offered):
    gateway = _gateway("b", "replayed")
    _datastream(gateway, models.Thing.objects.create(gateway=gateway, name="t"), "x_fine")
    assert catalogue.load_catalogue().freshness_s.tolist() == [0]


def test_the_bound_is_the_same_things_datastream_of_the_named_property(offered):
    gateway = _gateway("a", "real")
    both = models.Thing.objects.create(gateway=gateway, name="both")
    fine_only = models.Thing.objects.create(gateway=gateway, name="fine only")
    _datastream(gateway, fine_only, "x_fine")
    _datastream(gateway, both, "x_fine")
    _datastream(gateway, both, "x_coarse")
    assert catalogue.load_catalogue().upper_bound.tolist() == [-1, 2, -1]


@pytest.mark.long
def test_a_hundred_thousand_datastreams_load_in_about_a_second(offered):
    gateway = _gateway("a", "real")
    sensor = models.Sensor.objects.create(gateway=gateway, name="s")
    models.Thing.objects.bulk_create(
        models.Thing(gateway=gateway, name=f"t{n}") for n in range(20_000)
    )
    things = list(models.Thing.objects.values_list("pk", flat=True))
    models.Datastream.objects.bulk_create(
        models.Datastream(
            thing_id=things[n // 5], sensor=sensor, observed_property_id="x_fine", name="", unit={}
        )
        for n in range(100_000)
    )
    start = time.process_time()
    found = catalogue.load_catalogue()
    took = time.process_time() - start
    assert len(found) == 100_000
    assert np.all(found.upper_bound == -1)
    assert took < 5.0, f"{took:.2f} s of processor time; about 1 on a quiet machine"
