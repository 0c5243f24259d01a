"""Our own source, read as text: which module imports what."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SRC = Path(__file__).parents[2] / "src"


@dataclass(frozen=True)
class Import:
    """One import statement: who, what, where."""

    module: str
    target: str
    line: int
    type_checking: bool = False


@dataclass(frozen=True)
class Module:
    """One source file."""

    name: str
    path: Path

    @property
    def room(self) -> str:
        return self.name.split(".")[1] if self.name.count(".") else ""

    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text(encoding="utf-8"))


@cache
def modules(package: str = "madang") -> tuple[Module, ...]:
    """Return every module of a package."""
    found = []
    for path in sorted((SRC / package).rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, path))
    return tuple(found)


@cache
def imports(module: Module) -> tuple[Import, ...]:
    """Return all imports of a module, also those inside functions, `from x import y` as x.y."""
    found = []
    for node in ast.walk(module.tree()):
        if isinstance(node, ast.Import):
            found += [Import(module.name, name.name, node.lineno) for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                up = module.name.split(".")
                package = up if module.path.name == "__init__.py" else up[:-1]
                base = ".".join([*package[: len(package) - node.level + 1], base]).rstrip(".")
            found += [
                Import(module.name, f"{base}.{name.name}", node.lineno) for name in node.names
            ]
    return tuple(found)
