"""Who may import whom (the order of rooms itself is the import contract in pyproject.toml)."""

from __future__ import annotations

import sys

import pytest

from tests.architecture.source import Import, Module, imports, modules

ENGINE_MAY_USE = {
    "numpy", "scipy", "numba", "polars", "shapely", "pyarrow", "wntr", "pvlib",
    "cedarpy", "asn1crypto", "cryptography", "pyhanko", "pyhanko_certvalidator", "joserfc",
    "rapidfuzz",
}  # fmt: skip
ENGINE_MAY_NOT_USE = {"time", "datetime.datetime.now", "socket", "sqlite3", "subprocess", "random"}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
DOORS = {"api", "events"}


def is_door(target: str, room: str) -> bool:
    """Return whether an import of `target` enters `room` through a door."""
    parts = target.split(".")
    if len(parts) > 2:
        return parts[2] in DOORS
    return False


def sideways(module: Module) -> list[Import]:
    """Return the imports of another room that do not go through its doors."""
    return [
        item
        for item in imports(module)
        if item.target.startswith("madang.")
        and (room := item.target.split(".")[1]) not in {module.room, "kernel", "__version__"}
        and not is_door(item.target, room)
    ]


@pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)
def test_rooms_enter_each_other_through_their_doors(module):
    wrong = [f"line {item.line}: remove the import of {item.target}" for item in sideways(module)]
    assert not wrong, f"{module.path}: use api or events of that room. {wrong}"


def test_a_back_entrance_would_be_seen(tmp_path):
    path = tmp_path / "x.py"
    path.write_text("from madang.telemetry.models import Thing\nfrom madang.city import api\n")
    wrong = sideways(Module("madang.air.x", path))
    assert [item.target for item in wrong] == ["madang.telemetry.models.Thing"]


ENGINES = [module for module in modules() if ".engine" in module.name]


@pytest.mark.parametrize("module", ENGINES, ids=lambda module: module.name)
def test_engines_are_pure(module):
    engine = ".".join(module.name.split(".")[:3])
    allowed_here = (engine, "madang.kernel.units", "madang.kernel.geometry")
    for item in imports(module):
        top = item.target.split(".")[0]
        if top == "madang":
            assert item.target.startswith(allowed_here), f"{module.path}:{item.line} {item.target}"
        elif top in sys.stdlib_module_names:
            assert top not in ENGINE_MAY_NOT_USE, f"{module.path}:{item.line} {item.target}"
        else:
            assert top in ENGINE_MAY_USE, f"{module.path}:{item.line} {item.target}"


def test_no_module_has_a_name_that_says_nothing():
    bad = [module.name for module in modules() if set(module.name.split(".")) & BANNED_NAMES]
    assert not bad


REGISTRATIONS = [module for module in modules() if module.name.endswith("registration")]


@pytest.mark.parametrize("module", REGISTRATIONS, ids=lambda module: module.name)
def test_a_registration_imports_only_the_registry_and_its_own_parts(module):
    for item in imports(module):
        top = item.target.split(".")[0]
        ours = item.target.startswith("madang.kernel.registry") or item.target in (
            "madang.__version__",
        )
        ours = ours or item.target in {
            one.name for one in REGISTRATIONS if one.room == module.room and one != module
        }
        assert ours or top in sys.stdlib_module_names, f"{module.path}:{item.line} {item.target}"


def test_the_simulator_and_the_platform_do_not_know_each_other():
    crossings = [
        item
        for package, other in (("madang", "madang_sim"), ("madang_sim", "madang"))
        for module in modules(package)
        for item in imports(module)
        if item.target.split(".")[0] == other
    ]
    assert not crossings


def test_files_stay_readable():
    long = {
        module.name: lines
        for package in ("madang", "madang_sim")
        for module in modules(package)
        if "migrations" not in module.name
        and (lines := len(module.path.read_text(encoding="utf-8").splitlines())) > 800
    }
    assert not long, f"past 800 lines a file has two subjects: {long}"
