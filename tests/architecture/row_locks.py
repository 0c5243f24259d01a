"""Our own source, read as a graph of calls: which row locks are asked for outside a transaction.

`select_for_update` outside `transaction.atomic()` is an error on PostgreSQL and nothing at all on
SQLite (Django, "QuerySet API reference"): the source is read, so that no run has to pass by. A
function that locks and opens no transaction itself hands its duty on to whoever calls it, up to a
function that opens one. What nobody is seen to call in a transaction is told.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from tests.architecture.source import Module

LOCK = "select_for_update"
Key = tuple[str, str]  # module, name of a function (of a method, its own name)


@dataclass(frozen=True)
class Use:
    """A call, or another mention, of a function: by which one, where, in a transaction or not.

    only_if : a parameter of the caller without which it does not happen.
    passes : names of keywords that are given as something else than False.
    """

    by: Key
    line: int
    in_atomic: bool
    only_if: str = ""
    passes: frozenset[str] = frozenset()


@dataclass
class Graph:
    """Who calls whom; `locks` are the calls of `select_for_update` themselves."""

    locks: list[Use] = field(default_factory=list)
    uses: dict[Key, list[Use]] = field(default_factory=dict)
    names: dict[str, dict[str, Key]] = field(default_factory=dict)  # by module: what a name means
    parameters: dict[Key, frozenset[str]] = field(default_factory=dict)

    def resolved(self, module: str, name: str, depth: int = 0) -> Key:
        """Return the function that a name means in a module, through doors that hand it on."""
        found = self.names.get(module, {}).get(name)
        if found is None or found[0] == module or depth > 5:
            return found or (module, name)
        return self.resolved(found[0], found[1], depth + 1)


def graph_of(found: tuple[Module, ...]) -> Graph:
    """Return the calls of all these modules."""
    graph = Graph()
    trees = [(module, module.tree()) for module in found]
    for module, tree in trees:
        graph.names[module.name] = dict(_names(module.name, tree))
    for module, tree in trees:
        _Reader(module.name, graph).visit(tree)
    return graph


def bare_locks(graph: Graph) -> list[str]:
    """Return every lock that is asked for without a transaction around it, and by which way."""
    told: list[str] = []
    asked: set[tuple[Key, str]] = set()
    waiting = [(use, f"{use.by[0]}:{use.line}") for use in graph.locks]
    while waiting:
        use, way = waiting.pop()
        if use.in_atomic or (use.by, use.only_if) in asked:
            continue
        asked.add((use.by, use.only_if))
        callers = [
            one for one in graph.uses.get(use.by, ())
            if not use.only_if or use.only_if in one.passes
        ]  # fmt: skip
        if not callers and not use.only_if:
            told.append(f"{way} ({use.by[1]}: nobody is seen to call it in a transaction)")
        waiting += [(one, f"{one.by[0]}:{one.line} < {way}") for one in callers]
    return sorted(told)


def _names(module: str, tree: ast.Module) -> Iterator[tuple[str, Key]]:
    """Yield what names mean in a module: its own functions, and what it imports of ours."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("madang"):
            for one in node.names:
                yield one.asname or one.name, (str(node.module), one.name)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (module, node.name)


class _Reader(ast.NodeVisitor):
    """Reads the calls of one module."""

    def __init__(self, module: str, graph: Graph) -> None:
        self.module, self.graph = module, graph
        self.within: list[str] = []
        self.atomic = [False]
        self.only_if = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        key = (self.module, node.name)
        args = node.args
        self.graph.parameters[key] = frozenset(
            one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)
        )
        self.within.append(node.name)
        self.atomic.append(any(_opens(one) for one in node.decorator_list))
        for child in node.body:
            self.visit(child)
        self.atomic.pop()
        self.within.pop()

    def visit_With(self, node: ast.With) -> None:
        is_atomic = self.atomic[-1]
        for item in node.items:
            self.visit(item.context_expr)
            is_atomic = is_atomic or _opens(item.context_expr)
        self.atomic.append(is_atomic)
        for child in node.body:
            self.visit(child)
        self.atomic.pop()

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.visit(node.test)
        before = self.only_if
        if isinstance(node.test, ast.Name) and node.test.id in self._parameters():
            self.only_if = node.test.id
        self.visit(node.body)
        self.only_if = before
        self.visit(node.orelse)

    def visit_Call(self, node: ast.Call) -> None:
        passes = frozenset(
            one.arg for one in node.keywords
            if one.arg and not (isinstance(one.value, ast.Constant) and one.value.value is False)
        )  # fmt: skip
        if isinstance(node.func, ast.Attribute) and node.func.attr == LOCK:
            self.graph.locks.append(self._use(node, passes))
            self.visit(node.func.value)
        else:
            self._mention(node.func, passes, is_call=True)
        later = ast.unparse(node.func).endswith("on_commit")  # by then the transaction is over
        self.atomic.append(self.atomic[-1] and not later)
        for child in (*node.args, *(one.value for one in node.keywords)):
            self.visit(child)
        self.atomic.pop()

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.atomic.append(False)  # nobody knows when it is called
        self.visit(node.body)
        self.atomic.pop()

    def visit_Name(self, node: ast.Name) -> None:
        self._mention(node, frozenset())

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._mention(node, frozenset())

    def _mention(self, node: ast.expr, passes: frozenset[str], *, is_call: bool = False) -> None:
        if isinstance(node, ast.Name):
            key = self.graph.resolved(self.module, node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = self.graph.names[self.module].get(node.value.id)
            if owner is None:  # a method: of this module's classes
                key = (self.module, node.attr)
            else:
                key = self.graph.resolved(".".join(owner), node.attr)
        else:
            self.generic_visit(node)
            return
        if key != (self.module, self.within[-1] if self.within else ""):
            use = self._use(node, passes)
            # what is handed on is called by nobody knows whom
            use = use if is_call else replace(use, in_atomic=False)
            self.graph.uses.setdefault(key, []).append(use)

    def _parameters(self) -> frozenset[str]:
        return self.graph.parameters.get((self.module, self.within[-1] if self.within else ""),
                                         frozenset())  # fmt: skip

    def _use(self, node: ast.expr, passes: frozenset[str]) -> Use:
        by = (self.module, self.within[-1] if self.within else "")
        return Use(by, node.lineno, self.atomic[-1], self.only_if, passes)


def _opens(node: ast.expr) -> bool:
    """Return whether an expression is `transaction.atomic`, called or as a decorator."""
    called = node.func if isinstance(node, ast.Call) else node
    return ast.unparse(called) in ("transaction.atomic", "atomic")
