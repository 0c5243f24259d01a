"""Addresses for machines that watch us: health and metrics."""

from __future__ import annotations

from dataclasses import asdict

import msgspec
from django.http import HttpRequest, HttpResponse

from madang import __version__
from madang.kernel import metrics as kept
from madang.kernel.health import health


def healthz(request: HttpRequest) -> HttpResponse:
    """Say how the instance is: 200 where all is well or only slow, else 503; each check by name."""
    found = health()
    slow = any(check.slow for check in found.checks)
    body = {
        "status": ("warn" if slow else "pass") if found.ok else "fail",
        "version": __version__,
        "checks": {check.name: asdict(check) for check in found.checks},
    }
    answer = HttpResponse(
        msgspec.json.encode(body),
        status=200 if found.ok else 503,
        content_type="application/health+json",
    )
    answer["Cache-Control"] = "no-store"
    return answer


def metrics(request: HttpRequest) -> HttpResponse:
    """Return what all processes measured, in the text format of Prometheus."""
    return HttpResponse(kept.merged(), content_type="text/plain; version=0.0.4; charset=utf-8")
