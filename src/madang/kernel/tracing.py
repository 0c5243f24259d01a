"""OpenTelemetry hooks: spans cost almost nothing until an exporter is set up.

With the extra ``madang[otel]`` and ``OTEL_EXPORTER_OTLP_ENDPOINT`` in the environment, `configure`
sends spans there; the other ``OTEL_*`` variables hold as OpenTelemetry documents them.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry import trace

from madang import __version__
from madang.kernel.logs import logger

Attribute = str | bool | int | float


@contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[trace.Span]:
    """Trace what runs inside: ``with span("air.decide", district="11110"):``.

    An exception passes through and is recorded on the span.
    """
    with trace.get_tracer("madang", __version__).start_as_current_span(name) as current:
        current.set_attributes(attributes)
        yield current


def configure(process: str) -> bool:
    """Send this process's spans to the collector the environment names; return whether so."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return False
    if importlib.util.find_spec("opentelemetry.sdk") is None:
        logger("tracing").warning("OTEL_EXPORTER_OTLP_ENDPOINT is set; install madang[otel]")
        return False
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = f"madang-{process}"
    provider = TracerProvider(
        resource=Resource.create({"service.name": name, "service.version": __version__})
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return True
