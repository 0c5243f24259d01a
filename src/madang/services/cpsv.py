"""A service as CPSV-AP 3.2 in JSON-LD: what the rest of the world reads of a catalogue.

Source: SEMIC, "Core Public Service Vocabulary Application Profile", release 3.2.0. Concepts of code
lists stand in the graph beside what uses them: the shapes ask for their class, and a reader needs
their labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from django.utils import translation
from django.utils.translation import gettext

from madang.city.api import Profile, read_limit
from madang.kernel.errors import Invalid
from madang.services.life_events import life_events
from madang.services.packages.decide import in_force
from madang.services.packages.package import Package
from madang.services.packages.service import Channel, Evidence, Fee, Output
from madang.services.packages.texts import source_texts
from madang.services.packages.words import Law
from madang.services.words import AUDIENCES, CHANNELS, OUTPUTS

Node = dict[str, Any]

CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA_TYPE = "application/ld+json"
_CURRENCY = "http://publications.europa.eu/resource/authority/currency/"
_LANGUAGE = "http://id.loc.gov/vocabulary/iso639-"
_BUSINESS_EVENTS = frozenset({"business", "building", "work"})
_STATUSES = {"in-force": "In force", "made-up": "Made up for tests"}


class Graph:
    """A graph in the making: each thing once, with what it is called in the package's languages."""

    def __init__(self, package: Package, profile: Profile, origin: str) -> None:
        self.package, self.profile = package, profile
        self.origin = origin.rstrip("/")
        self.id = f"{self.origin}/services/{package.id}"
        self.nodes: dict[str, Node] = {}

    def add(self, id: str, kind: str | list[str], **properties: Any) -> Node:
        """Add a thing once and return how others point to it; empty properties are left out."""
        if id not in self.nodes:
            kept = {
                name.replace("_", ":", 1): value
                for name, value in properties.items()
                if value not in (None, "", [], {})
            }
            self.nodes[id] = {"@id": id, "@type": kind, **kept}
        return {"@id": id}

    def text(self, path: str, own: str = "") -> list[Node]:
        """Return a text in all languages of the package."""
        own = source_texts(self.package).get(path, own)
        if not own:
            return []
        found = {self.package.service.language: own}
        for tag, one in self.package.translations.items():
            if path in one.texts:
                found[tag] = one.texts[path]
        return _in_languages(found)

    def concept(self, scheme: str, code: str, words: str) -> Node:
        """Return a concept of one of the house's code lists, with its labels."""
        labels = {}
        for tag in ("ko", "en"):
            with translation.override(tag):
                labels[tag] = gettext(words)
        within = f"{self.origin}/vocabulary/{scheme}"
        return self.add(
            f"{within}#{code}",
            "skos:Concept",
            skos_prefLabel=_in_languages(labels),
            skos_inScheme={"@id": within},
            skos_notation=code,
        )


def json_ld(package: Package, profile: Profile, origin: str) -> Node:
    """Return a package as a JSON-LD document; `origin` is the address of the portal."""
    graph = Graph(package, profile, origin)
    _service(graph)
    return {"@context": CONTEXT, "@graph": list(graph.nodes.values())}


def _service(graph: Graph) -> None:
    package, service = graph.package, graph.package.service
    laws = [_law(graph, law) for law in service.legal_basis]
    office = _organisation(graph)
    rules = list(_rules(graph))
    status = "made-up" if service.synthetic else "in-force"
    graph.add(
        graph.id,
        "cpsv:PublicService",
        dct_identifier=service.id,
        dct_title=graph.text("service.title"),
        dct_description=graph.text("service.summary"),
        dcat_keyword=_keywords(package),
        dct_language=[_language(graph, tag) for tag in _languages(package)],
        dct_spatial=_place(graph),
        dct_audience=[graph.concept("audience", one, AUDIENCES[one]) for one in service.audience],
        adms_status=graph.concept("status", status, _STATUSES[status]),
        cv_hasCompetentAuthority=office,
        cv_hasParticipation=_participation(graph, office),
        cv_contactPoint=_contact(graph),
        cv_isGroupedBy=list(_events(graph)),
        cv_hasLegalResource=laws,
        cpsv_follows=rules,
        cv_holdsRequirement=list(_requirements(graph, rules)),
        cv_hasInputType=[_evidence_type(graph, one) for one in service.evidence],
        cpsv_produces=[_output(graph, one) for one in service.outputs],
        cv_hasChannel=[_channel(graph, one, office) for one in service.channels],
        cv_hasCost=[_cost(graph, one, office) for one in service.fees],
        cv_processingTime=_duration(service.deadline),
        dct_relation=[_related(graph, one) for one in service.related],
        foaf_page=_document(graph, f"{graph.id}/"),
    )


def _organisation(graph: Graph) -> Node:
    city = graph.profile.city
    department = graph.package.service.handled_by.department
    names = next((one.names for one in city.departments if one.id == department), city.names)
    return graph.add(
        f"{graph.origin}/departments/{department}",
        ["cv:PublicOrganisation", "org:Organization", "foaf:Agent"],
        dct_identifier=department,
        dct_title=_in_languages(names),
        skos_prefLabel=_in_languages(names),
        dct_spatial=_place(graph),
    )


def _place(graph: Graph) -> Node:
    profile, district = graph.profile, graph.package.district
    names = profile.unit(district).names if district else profile.city.names
    code = f"{profile.id}/{district}" if district else profile.id
    return graph.add(
        f"{graph.origin}/places/{code}",
        "dct:Location",
        skos_prefLabel=_in_languages(names),
        dct_identifier=district or f"{profile.city.country}-{profile.id}",
    )


def _participation(graph: Graph, office: Node) -> Node:
    return graph.add(
        f"{graph.id}#participation-office",
        "cv:Participation",
        dct_identifier=f"{graph.package.id}-office",
        dct_description=_in_languages({"en": "Answers for the service and decides its cases."}),
        cv_role=graph.concept("role", "competent-authority", "Office that answers for it:"),
        cv_hasParticipant=office,
    )


def _contact(graph: Graph) -> Node | None:
    phones = [one for one in graph.package.service.channels if one.phone]
    if not phones:
        return None
    first = phones[0]
    return graph.add(
        f"{graph.id}#contact",
        "cv:ContactPoint",
        cv_telephone=first.phone,
        cv_openingHours=_hours(graph, first),
        cv_contactPage=_document(graph, f"{graph.id}/"),
    )


def _document(graph: Graph, address: str) -> Node:
    return graph.add(address, "foaf:Document")


def _hours(graph: Graph, channel: Channel) -> Node | None:
    said = graph.text(f"channels.{channel.kind}.hours", channel.hours)
    if not said:
        return None
    return graph.add(
        f"{graph.id}#hours-{channel.kind}", "time:TemporalEntity", dct_description=said
    )


def _events(graph: Graph) -> Iterator[Node]:
    names = {event.id: event.names for event in life_events(graph.profile)}
    for one in graph.package.service.life_events:
        kind = "cv:BusinessEvent" if one in _BUSINESS_EVENTS else "cv:LifeEvent"
        title = _in_languages(names.get(one, {"en": one}))
        yield graph.add(
            f"{graph.origin}/services/?event={one}",
            [kind, "cv:Event"],
            dct_identifier=one,
            dct_title=title,
            dct_type=graph.add(
                f"{graph.origin}/vocabulary/event#{one}", "skos:Concept", skos_prefLabel=title
            ),
        )


def _law(graph: Graph, law: Law) -> Node:
    name = f"{law.law} {law.article}"
    return graph.add(
        f"{graph.origin}/law#{_fragment(name)}",
        "eli:LegalResource",
        dct_title={"@value": name, "@language": graph.package.service.language},
        foaf_page=_document(graph, law.url) if law.url else None,
    )


def _rules(graph: Graph) -> Iterator[Node]:
    for decision in graph.package.rules:
        path = f"rules.{decision.id}"
        found = [decision.law, *(row.law for row in decision.rows)]
        laws = {f"{law.law} {law.article}": law for law in found if law}
        reasons = [
            text
            for row in decision.rows
            for text in graph.text(f"{path}.{row.id}.because", row.because)
        ]
        yield graph.add(
            f"{graph.id}#rule-{decision.id}",
            "cpsv:Rule",
            dct_identifier=f"{graph.package.id}.{decision.id}",
            dct_title=graph.text(f"{path}.title", decision.title),
            dct_description=_joined(reasons) or graph.text(f"{path}.title", decision.title),
            cpsv_implements=[_law(graph, law) for law in laws.values()],
            dct_language=_language(graph, graph.package.service.language),
        )


def _joined(texts: list[Node]) -> list[Node]:
    """Return one text per language: sentences of several, in order."""
    by_language: dict[str, list[str]] = {}
    for text in texts:
        by_language.setdefault(text["@language"], []).append(text["@value"])
    return _in_languages({tag: " ".join(dict.fromkeys(all_)) for tag, all_ in by_language.items()})


def _requirements(graph: Graph, rules: list[Node]) -> Iterator[Node]:
    """Yield what must be shown or known: papers, and what registers say."""
    package = graph.package
    outcome = [rule for rule in rules if rule["@id"].endswith("#rule-outcome")]
    for paper in package.service.evidence:
        yield _requirement(graph, "evidence", paper.id, outcome)
    for fact in package.service.facts:
        if fact.source == "register" and fact.purpose == "decide":
            yield _requirement(graph, "facts", fact.id, outcome)


def _requirement(graph: Graph, group: str, id: str, rules: list[Node]) -> Node:
    kind, words = {
        "evidence": ("paper", "a paper you send"),
        "facts": ("register", "a register"),
    }[group]
    return graph.add(
        f"{graph.id}#requirement-{id}",
        "cv:Requirement",
        dct_identifier=f"{graph.package.id}.{id}",
        dct_title=graph.text(f"{group}.{id}.title", id),
        dct_type=graph.concept("requirement", kind, words),
        cv_fulfils=rules,
    )


def _evidence_type(graph: Graph, paper: Evidence) -> Node:
    title = graph.text(f"evidence.{paper.id}.title", paper.title)
    code = graph.add(f"{graph.id}#evidence-class-{paper.id}", "skos:Concept", skos_prefLabel=title)
    return graph.add(
        f"{graph.id}#evidence-{paper.id}",
        "cv:EvidenceType",
        dct_identifier=f"{graph.package.id}.{paper.id}",
        dct_title=title,
        cv_evidenceTypeClassification=code,
    )


def _output(graph: Graph, output: Output) -> Node:
    return graph.add(
        f"{graph.id}#output-{output.id}",
        "cv:Output",
        dct_identifier=f"{graph.package.id}.{output.id}",
        dct_title=graph.text(f"outputs.{output.id}.title", output.title),
        dct_type=graph.concept("output", output.kind, OUTPUTS[output.kind]),
    )


def _channel(graph: Graph, channel: Channel, office: Node) -> Node:
    return graph.add(
        f"{graph.id}#channel-{channel.kind}",
        "cv:Channel",
        dct_identifier=f"{graph.package.id}.{channel.kind}",
        dct_type=graph.concept("channel", channel.kind, CHANNELS[channel.kind]),
        dct_description=graph.text(f"channels.{channel.kind}.note", channel.note),
        cv_ownedBy=office,
        cv_openingHours=_hours(graph, channel),
        cv_processingTime=_duration(graph.package.service.deadline),
    )


def _cost(graph: Graph, fee: Fee, office: Node) -> Node:
    currency = graph.profile.currency
    amount: Any = fee.amount
    for parameter in graph.package.parameters:
        if parameter.id == fee.parameter:
            amount = in_force(parameter, graph.profile.today())
    value = None if amount is None else float(amount) / 10**currency.minor_digits
    return graph.add(
        f"{graph.id}#cost-{fee.id}",
        "cv:Cost",
        dct_identifier=f"{graph.package.id}.{fee.id}",
        dct_description=graph.text(f"fees.{fee.id}.title", fee.title),
        cv_hasValue=None if value is None else {"@value": str(value), "@type": "xsd:double"},
        cv_currency=graph.add(
            f"{_CURRENCY}{currency.code}", "skos:Concept", skos_notation=currency.code
        ),
        cv_isDefinedBy=office,
    )


def _related(graph: Graph, service: str) -> Node:
    """Return another service by its name alone: typed as one, the shapes ask for all of it here."""
    return {"@id": f"{graph.origin}/services/{service}"}


def _language(graph: Graph, tag: str) -> Node:
    code = tag.split("-", maxsplit=1)[0]
    part = "1" if len(code) == 2 else "2"
    return graph.add(f"{_LANGUAGE}{part}/{code}", "dct:LinguisticSystem", dct_identifier=code)


def _languages(package: Package) -> list[str]:
    return list(dict.fromkeys([package.service.language, *package.translations]))


def _keywords(package: Package) -> list[Node]:
    own = [
        {"@value": word, "@language": package.service.language} for word in package.service.keywords
    ]
    others = [
        {"@value": word.strip(), "@language": tag}
        for tag, one in package.translations.items()
        for word in one.texts.get("service.keywords", "").split(",")
        if word.strip()
    ]
    return own + others


def _duration(limit: str) -> Node | None:
    """Return a time limit as xsd:duration; at once is no time at all."""
    try:
        found = read_limit(limit)
    except Invalid:
        return None
    n = found.amount
    text = {
        "immediately": "PT0S", "hours": f"PT{n}H", "days": f"P{n}D",
        "calendar-days": f"P{n}D", "weeks": f"P{7 * n}D",
        "months": f"P{n}M", "years": f"P{n}Y",
    }[found.unit]  # fmt: skip
    return {"@value": text, "@type": "xsd:duration"}


def _in_languages(texts: Mapping[str, str]) -> list[Node]:
    return [{"@value": text, "@language": tag} for tag, text in _plain_tags(texts.items())]


def _plain_tags(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield texts without those of easy words, which are another reading of the same language."""
    return ((tag, text) for tag, text in texts if "-x-" not in tag)


def _fragment(text: str) -> str:
    return quote(text.replace(" ", "-"), safe="-")
