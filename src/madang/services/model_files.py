"""Decision models from files: each with those it imports, looked for in the same folder."""

from __future__ import annotations

from pathlib import Path

from madang.services.engine.dmn.model import Model
from madang.services.engine.dmn.program import Program
from madang.services.engine.dmn.xml_read import read_model
from madang.services.engine.dmn.xml_tree import LARGEST, InvalidXML
from madang.services.errors import InvalidDecisionModel


def read_file(path: Path) -> Model:
    """Return the model in a file."""
    try:
        if path.stat().st_size > LARGEST:
            raise InvalidDecisionModel(str(path), f"larger than {LARGEST // 1_000_000} MB")
        return read_model(path.read_bytes())
    except OSError as error:
        raise InvalidDecisionModel(str(path), error.strerror or "cannot be read") from error
    except InvalidXML as error:
        raise InvalidDecisionModel(str(path), str(error), line=error.line) from error


class Folder:
    """Models that may import one another, read once each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._models: dict[Path, Model] = {}
        self._by_namespace: dict[str, Path] | None = None

    def program(self, path: Path, around: tuple[Path, ...] = ()) -> Program:
        """Return a model compiled, with its imports; one that imports itself goes without."""
        source = self._model(path)
        imports = {}
        for one in source.imports:
            found = self._imported(one.namespace, one.location)
            if found is not None and found not in (*around, path):
                imports[one.namespace] = self.program(found, (*around, path))
        return Program(source, imports)

    def _model(self, path: Path) -> Model:
        if path not in self._models:
            self._models[path] = read_file(path)
        return self._models[path]

    def _imported(self, namespace: str, location: str | None) -> Path | None:
        beside = self.folder / Path(location or "").name
        if location and beside.is_file() and self._namespace(beside) == namespace:
            return beside
        if self._by_namespace is None:
            files = sorted(self.folder.glob("*.dmn"))
            self._by_namespace = {self._namespace(file): file for file in reversed(files)}
        return self._by_namespace.get(namespace)

    def _namespace(self, path: Path) -> str:
        try:
            return self._model(path).namespace
        except InvalidDecisionModel:
            return ""  # a broken neighbour is nobody's import


def program_of(path: Path) -> Program:
    """Return the model of a file compiled, with the imports found beside it."""
    return Folder(path.parent).program(path)
