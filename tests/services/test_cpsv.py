"""CPSV-AP 3.2 of every package that ships, held against the official shapes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from madang.city.api import load_profile
from madang.city.loader import cities_folder
from madang.services.cpsv import json_ld
from madang.services.packages.reader import read_package
from tests.services.publishing import SAMPLE

# the reader of JSON-LD warns of its own past
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib", "ignore:Conjunctive")

ORIGIN = "https://portal.example"
SHIPPED = sorted(path.parent for path in cities_folder().glob("*/services/*/service.yaml"))
CPSV, CV, DCT = (
    "http://purl.org/vocab/cpsv#",
    "http://data.europa.eu/m8g/",
    "http://purl.org/dc/terms/",
)


def graph_of(folder: Path, city: str = "seoul"):
    import rdflib

    package = read_package(folder)[0]
    assert package is not None
    document = json_ld(package, load_profile(city), ORIGIN)
    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


@pytest.fixture(scope="module")
def shapes(shared):
    import rdflib

    return rdflib.Graph().parse(shared / "cpsv-ap" / "cpsv-ap-SHACL.ttl")


def conforms(graph, shapes) -> tuple[bool, str]:
    import pyshacl

    fits, _report, text = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    return fits, text


def test_all_packages_that_ship_conform_to_the_official_shapes(shapes):
    assert SHIPPED
    for folder in SHIPPED:
        fits, text = conforms(graph_of(folder, folder.parents[1].name), shapes)
        assert fits, f"{folder.name}: {text[:3000]}"


def test_the_shapes_notice_what_is_missing(shapes):
    import rdflib

    graph = graph_of(SAMPLE)
    service = rdflib.URIRef(f"{ORIGIN}/services/resident-registration-copy")
    graph.remove((service, rdflib.URIRef(f"{CV}hasCompetentAuthority"), None))
    graph.remove((None, rdflib.RDF.type, rdflib.URIRef(f"{CV}Channel")))
    fits, text = conforms(graph, shapes)
    assert not fits
    assert "hasCompetentAuthority" in text
    assert "hasChannel" in text


def test_a_service_says_title_channels_cost_and_time():
    import rdflib

    graph = graph_of(SAMPLE)
    service = rdflib.URIRef(f"{ORIGIN}/services/resident-registration-copy")
    titles = {str(t.language): str(t) for t in graph.objects(service, rdflib.URIRef(f"{DCT}title"))}
    assert titles["en"] == "Copy of the resident registration"
    assert len(list(graph.objects(service, rdflib.URIRef(f"{CV}hasChannel")))) == 6
    (cost,) = graph.objects(service, rdflib.URIRef(f"{CV}hasCost"))
    assert float(graph.value(cost, rdflib.URIRef(f"{CV}hasValue"))) == 400.0
    lasts = graph.value(service, rdflib.URIRef(f"{CV}processingTime"))
    assert lasts.toPython().total_seconds() == 0
    assert len(list(graph.subjects(rdflib.RDF.type, rdflib.URIRef(f"{CPSV}Rule")))) == 1
