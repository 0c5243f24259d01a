"""Write the generated pages of docs/reference anew from the code they describe.

A test compares them with what is committed, so that a setting, command, address, event, error or
table that is not in the reference fails.
"""

from __future__ import annotations

import importlib
import inspect
import os
import pkgutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "reference"
_NOTE = "<!-- written by tools/reference.py from the code; do not edit -->\n\n"


def pages() -> dict[str, str]:
    """Return the text of each generated page by file name."""
    return {name: written() for name, written in PAGES.items()}


def _page(title: str, lead: str, lines: Iterable[str]) -> str:
    return "\n".join([f"{_NOTE}# {title}", "", lead, "", *lines]).rstrip() + "\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(_cell(item) for item in row)} |" for row in rows)]


def _cell(item: object) -> str:
    return str(item).replace("|", "\\|").replace("\n", " ")


def _settings() -> str:
    from madang.kernel.config import Settings

    rows = [
        (f"`MADANG_{item.name.upper()}`", f"`{item.default}`", item.metadata["doc"])
        for item in fields(Settings)
    ]
    lead = "Every setting is an environment variable, read once at the start of a process."
    return _page("Settings", lead, _table(("variable", "default", "meaning"), rows))


def _commands() -> str:
    from madang.kernel.registry import Command, load, registry

    lines = []
    for offer in sorted(registry().offers(Command), key=lambda offer: offer.path):
        command = load(offer.target)
        lines += [f"## `madang {offer.path}`", "", inspect.cleandoc(command.help or ""), ""]
        rows = []
        for parameter in command.params:
            if parameter.name in ("data", "port_offset") and not parameter.expose_value:
                continue
            names = ", ".join(f"`{name}`" for name in parameter.opts)
            if parameter.param_type_name == "argument":
                names = f"`{parameter.human_readable_name}`"
            rows.append((names, getattr(parameter, "help", "") or ""))
        lines += [*_table(("option", "meaning"), rows), ""] if rows else []
    lead = (
        "Every command also takes `--data DIR` and `--port-offset N`. Exit status: 0 done, 2 bad "
        "input (the message names file, line or field), 1 our fault."
    )
    return _page("Commands", lead, lines)


def _http() -> str:
    from madang.app.api import api
    from madang.kernel.registry import Page, StreamRoute, registry

    lines = ["## Pages and other addresses of the web process", ""]
    rows = [(f"`/{page.path}`", page.access, f"`{page.name}`") for page in registry().offers(Page)]
    lines += [*_table(("address", "who", "name"), sorted(rows)), ""]
    lines += ["## Doors of the stream process", ""]
    doors = [
        (f"`{' '.join(route.methods)} {route.pattern}`", route.access)
        for route in registry().offers(StreamRoute)
    ]
    lines += [*_table(("methods and pattern", "who"), doors), ""]
    lines += ["## JSON API", "", "OpenAPI: `/api/v1/openapi.json`; to try it: `/api/v1/docs`.", ""]
    operations = []
    for address, methods in sorted(api.get_openapi_schema()["paths"].items()):
        for method, operation in methods.items():
            operations.append((f"`{method.upper()} {address}`", operation.get("summary", "")))
    return _page(
        "HTTP addresses",
        "Errors are RFC 9457 problem documents.",
        [*lines, *_table(("operation", "what"), operations)],
    )


def _modules(name: str) -> Iterable[object]:
    import madang

    for info in pkgutil.walk_packages(madang.__path__, "madang."):
        last = info.name.rpartition(".")[2]
        if last == name or last.endswith(f"_{name}"):
            yield importlib.import_module(info.name)


def _events() -> str:
    from madang.kernel.events import Event

    rows = []
    for module in _modules("events"):
        for _, item in inspect.getmembers(module, inspect.isclass):
            is_ours = issubclass(item, Event) and item.__module__ == module.__name__
            if is_ours and hasattr(item, "NAME"):  # a base of several events has none
                names = [n for n in item.__struct_fields__ if n not in Event.__struct_fields__]
                what = inspect.cleandoc(item.__doc__ or "").splitlines()[0]
                rows.append((f"`{item.NAME}`", what, ", ".join(f"`{name}`" for name in names)))
    lead = "Announced through the outbox, published on `madang.events.<name>`."
    return _page("Events", lead, _table(("event", "meaning", "fields"), sorted(rows)))


def _errors() -> str:
    from madang.kernel import errors

    rows = []
    for module in [errors, *(m for m in _modules("errors") if m is not errors)]:
        for _, item in inspect.getmembers(module, inspect.isclass):
            if issubclass(item, errors.MadangError) and item.__module__ == module.__name__:
                what = inspect.cleandoc(item.__doc__ or "").splitlines()[0]
                rows.append((f"`{item.code}`", item.http_status, f"`{item.__name__}`", what))
    lead = "The `type` of a problem document is `urn:madang:problem:<code>`."
    return _page("Errors", lead, _table(("code", "status", "class", "meaning"), sorted(rows)))


def _lake() -> str:
    from madang.kernel.registry import LakeTable, registry

    lines = []
    for table in registry().offers(LakeTable):
        lines += [f"## `{table.name}`", "", table.help, ""]
        lines += [*_table(("column", "type", "codec"), table.columns), ""]
        kept = f"{table.retention_days} days" if table.retention_days else "for good"
        lines += [f"Ordered by {', '.join(table.order_by)}; kept {kept}.", ""]
    return _page("Tables of the lake", "Query them with `kernel.lake.client.query`.", lines)


def _claims() -> str:
    from madang.kernel.registry import Claim, registry

    rows = [
        (
            f"`{claim.id}`",
            claim.what,
            f"{claim.goal:g} {claim.unit} ({claim.better} is better)",
            f"{claim.takes_s:g} s",
        )
        for claim in registry().offers(Claim)
    ]
    lead = "`madang prove` measures them on your machine; `/proof` shows the kept figures."
    return _page("Claims", lead, _table(("claim", "what", "goal", "takes at most"), rows))


def _city_profile() -> str:
    from tools.reference_city import city_profile

    return _page(*city_profile())


def _personal_data() -> str:
    from madang.kernel.orm import ready
    from tools.reference_access import lines

    ready()
    lead = (
        "Personal tables open only for one of these purposes, to whom one of these policies lets "
        "in; `madang access explain` says what comes out for somebody."
    )
    return _page("Personal data", lead, lines())


def _asvs() -> str:
    from tools import asvs

    lead = (
        "What [OWASP ASVS 5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0) asks of signing in, "
        "sessions and access, by its ids; the words are ours. Why so: "
        "[hardening](../explanation/hardening.md)."
    )
    return _page("Security requirements and their tests", lead, asvs.lines())


def _lint_codes() -> str:
    from madang.services.lint.fault import CODES

    rows = [(f"`{code}`", what) for code, what in sorted(CODES.items())]
    lead = (
        "What `madang services lint` finds, by code. A package with any of these is not published. "
        "How to write one: [write a service](../how-to/write-a-service.md)."
    )
    return _page("Faults of service packages", lead, _table(("code", "meaning"), rows))


def _service_package() -> str:
    from tools.reference_packages import service_package

    return _page(*service_package())


def _services() -> str:
    from tools import reference_services

    return _page("Services of Seoul", reference_services.LEAD, reference_services.lines())


PAGES = {
    "service-faults.md": _lint_codes,
    "service-package.md": _service_package,
    "services-of-seoul.md": _services,
    "asvs.md": _asvs,
    "personal-data.md": _personal_data,
    "city-profile.md": _city_profile,
    "settings.md": _settings,
    "commands.md": _commands,
    "http.md": _http,
    "events.md": _events,
    "errors.md": _errors,
    "lake.md": _lake,
    "claims.md": _claims,
}


def main() -> int:
    """Write the pages; with --check say which differ and exit 1."""
    sys.path.insert(0, str(ROOT))  # for the pages that have a module of their own
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.app.settings")
    os.environ.setdefault("MADANG_DATA", tempfile.mkdtemp(prefix="madang-reference-"))
    import django

    django.setup()
    stale = [
        name
        for name, text in pages().items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv:
        print(
            "\n".join(f"docs/reference/{name} differs from the code: make docs" for name in stale)
        )
        return 1 if stale else 0
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
