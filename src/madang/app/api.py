"""The JSON API: the rooms' routers under ``/api/v1/``, one OpenAPI document, RFC 9457 errors."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from madang import __version__
from madang.kernel.errors import Invalid, MadangError
from madang.kernel.problem import problem_document
from madang.kernel.registry import API, load, registry

api = NinjaAPI(
    title="Madang",
    version=__version__,
    description="The city's public interface. Errors are RFC 9457 problem documents.",
    urls_namespace="api",
)


@api.exception_handler(MadangError)
def _problem(request: HttpRequest, error: MadangError) -> HttpResponse:
    status, headers, body = problem_document(error, instance=request.path)
    return HttpResponse(body, status=status, headers=headers)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {".".join(map(str, item["loc"])): item["msg"] for item in error.errors}
    return _problem(request, Invalid("the request does not fit the schema", fields))


for _offer in registry().offers(API):
    api.add_router(_offer.prefix, load(_offer.target))
