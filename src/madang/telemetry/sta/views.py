"""SensorThings 1.1 over HTTP: reads are open, writes need a gateway key with scope `provision`.

New observations go to the stream process: the front sends them there, and this process those that
come inside an entity or a batch.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from madang.kernel.errors import Forbidden, MadangError, NotFound
from madang.telemetry import gateways, keys
from madang.telemetry.sta import formats, intake, read, v11, write
from madang.telemetry.sta.errors import InvalidEntity, NotSupported
from madang.telemetry.sta.json_patch import patched
from madang.telemetry.sta.model import EntityType, table_of
from madang.telemetry.sta.options import Query, parse_query
from madang.telemetry.sta.paths import Path, Segment, parse_path

ROOT = "/sta/v1.1"


class MethodNotAllowed(MadangError):
    """The method does not fit what the path names."""

    code = "method-not-allowed"
    http_status = 405


class UnsupportedMedia(MadangError):
    """The body is in a form we do not read."""

    code = "unsupported-media-type"
    http_status = 415


def root(request: HttpRequest) -> HttpResponse:
    """Answer the service root."""
    if request.method not in ("GET", "HEAD"):
        raise MethodNotAllowed("the service root can only be read")
    return json_response(v11.service_root(base_of(request)))


def resource(request: HttpRequest, path: str) -> HttpResponse:
    """Answer a request below the service root."""
    if path == "$batch":
        from madang.telemetry.sta.batch import batch

        return batch(request)
    target = parse_path(path)
    if request.method in ("GET", "HEAD"):
        return _read(request, path, target)
    if request.method == "POST":
        return _create(request, target)
    if request.method in ("PUT", "PATCH", "DELETE"):
        return _change(request, target)
    raise MethodNotAllowed(f"{request.method} is not answered here")


def base_of(request: HttpRequest) -> str:
    """Return the address of the service root, as the caller sees it."""
    return request.build_absolute_uri(ROOT)


def _read(request: HttpRequest, path: str, target: Path) -> HttpResponse:
    query = parse_query(_options(request))
    base = base_of(request)
    scope = read.scope_of(target)
    if target.inner:
        return _property(read.one(scope, Query()), target)
    if not scope.is_many:
        entity = read.one(scope, query)
        if target.ref:
            return json_response({v11.SELF_LINK: v11.self_link(base, entity.kind, entity.id)})
        return json_response(v11.entity_document(entity, query, base))
    found = read.page(scope, query)
    return _set(found, query, f"{base}/{path.rstrip('/')}", base, ref=target.ref)


def _options(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, text) for name, texts in request.GET.lists() for text in texts]


def _set(found: read.Page, query: Query, address: str, base: str, *, ref: bool) -> HttpResponse:
    if ref:
        return json_response(v11.reference_document(found, query, address, base))
    match query.result_format:
        case "dataArray":
            return json_response(formats.data_array_document(found, query, address, base))
        case "csv":
            text = formats.csv_text(found, query, base)
            return HttpResponse(text, content_type="text/csv; charset=utf-8")
        case "geojson":
            document = formats.geojson_document(found, query, base)
            return json_response(document, content_type="application/geo+json")
        case _:
            return json_response(v11.page_document(found, query, address, base))


def _property(entity: read.Entity, target: Path) -> HttpResponse:
    first, *further = target.inner
    value: Any = v11.property_value(entity, first)
    for step in further:
        if not isinstance(value, dict) or step not in value:
            raise NotFound(f"{entity.kind.name} {entity.id!r} has no {'/'.join(target.inner)}")
        value = value[step]
    if not target.value:
        return json_response({target.inner[-1]: value}) if value is not None else _nothing()
    if value is None:
        return _nothing()
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def _nothing() -> HttpResponse:
    return HttpResponse(status=204)


def writer_of(request: HttpRequest) -> write.Writer:
    """Return the gateway that may write.

    Raises
    ------
    Unauthenticated, Forbidden
        If the key is missing, unknown, or lacks the scope.
    """
    headers = {name.lower(): value for name, value in request.headers.items()}
    gateway = gateways.gateway_of(keys.credentials(headers))
    if "provision" not in gateway.scopes:
        raise Forbidden(f"the key of gateway {gateway.name!r} lacks the scope 'provision'")
    return write.Writer(gateway.id, gateway.name, gateway.origin)


def _create(request: HttpRequest, target: Path) -> HttpResponse:
    last = target.last
    if target.inner or target.ref or not last.is_many:
        raise MethodNotAllowed("an entity is created by POST to its set")
    if last.kind.table is None:
        return _observed(request, target)
    writer = writer_of(request)
    within = []
    if last.link is not None:
        parent = _row(Path(target.segments[:-1]))
        kind = target.segments[-2].kind
        _require_own_parent(kind, parent, writer)
        within = [(_back_name(target.segments[-2], last), parent)]
    row = write.create(last.kind, _body(request), writer, within)
    if writer.points:
        _require_no_change_set(request)
        _store_inside(request, writer)
    return _created(request, last.kind, row)


def _observed(request: HttpRequest, target: Path) -> HttpResponse:
    """Answer one Observation by what the doors say of it."""
    _require_no_change_set(request)
    if len(target.segments) == 1:
        return intake.passed_on(request, f"{ROOT}/Observations")
    parent = target.segments[-2]
    if parent.kind.name != "Datastream" or parent.id is None:
        raise MethodNotAllowed("observations are created in Datastreams(n)/Observations")
    return intake.passed_on(request, f"{ROOT}/Datastreams({parent.id})/Observations")


def _store_inside(request: HttpRequest, writer: write.Writer) -> None:
    """Have the observations stored that came inside an entity; without them it is not made."""
    try:
        intake.store(request, writer.points)
    except MadangError:
        write.undo(writer)
        raise


def _require_no_change_set(request: HttpRequest) -> None:
    if getattr(request, "in_change_set", False):
        raise NotSupported(
            "what is observed cannot be taken back: send observations outside of a change set"
        )


def _require_own_parent(kind: EntityType, parent: Any, writer: write.Writer) -> None:
    if kind.name != "ObservedProperty" and write.owner_of(parent) != writer.id:
        raise Forbidden(f"{kind.name} {parent.pk!r} does not belong to gateway {writer.name!r}")


def _back_name(parent: Segment, child: Segment) -> str:
    link = child.link
    assert link is not None
    return next(
        b.name for b in child.kind.links if b.path == link.back and b.target == parent.kind.name
    )


def _created(request: HttpRequest, kind: EntityType, row: Any) -> HttpResponse:
    base = base_of(request)
    fresh = read.Entity(kind, row.pk, table_of(kind).objects.get(pk=row.pk))
    response = json_response(v11.entity_document(fresh, Query(), base), status=201)
    response["Location"] = v11.self_link(base, kind, row.pk)
    return response


def _row(path: Path) -> Any:
    scope = read.scope_of(path)
    if scope.rows is None:
        raise MethodNotAllowed("nothing is created under an observation")
    return write.existing(scope.kind, scope.rows.first())


def _change(request: HttpRequest, target: Path) -> HttpResponse:
    writer = writer_of(request)
    kind = target.last.kind
    if target.inner or target.ref or target.last.is_many:
        raise MethodNotAllowed(f"{request.method} needs one entity, as {kind.set_name}(1)")
    if kind.table is None:
        write.delete(kind, None, writer)
    row = _row(target)
    if request.method == "DELETE":
        write.delete(kind, row, writer)
        return HttpResponse()
    if _media_type(request) == "application/json-patch+json":
        if request.method != "PATCH":
            raise UnsupportedMedia("a JSON Patch is sent by PATCH")
        document = patched(_plain(kind, row), _body(request))
        write.update(kind, row, document, writer, replace=True)
    else:
        write.update(kind, row, _body(request), writer, replace=request.method == "PUT")
    entity = read.Entity(kind, row.pk, table_of(kind).objects.get(pk=row.pk))
    return json_response(v11.entity_document(entity, Query(), base_of(request)))


def _plain(kind: EntityType, row: Any) -> dict[str, object]:
    """Return the properties of an entity as a document that a JSON Patch works on."""
    entity = read.Entity(kind, row.pk, row)
    return {
        field.name: v11.property_value(entity, field.name) for field in kind.fields if field.source
    }


def _media_type(request: HttpRequest) -> str:
    return (request.content_type or "").lower()


def _body(request: HttpRequest) -> Any:
    try:
        return orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise InvalidEntity(f"the body is no JSON: {error}") from None


def json_response(
    document: object, *, status: int = 200, content_type: str = "application/json"
) -> HttpResponse:
    """Return a document that any page on the web may read."""
    response = HttpResponse(
        orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS),
        status=status,
        content_type=content_type,
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response
