"""Functions made in FEEL or in a model: parameters with types, a body, the names around it."""

from __future__ import annotations

from typing import Any

from madang.services.engine.feel.types import ANY, Type, fitted
from madang.services.engine.feel.values import DEEPEST_CALLS, Closure, Env, FeelError, Notes


class UserFunction:
    """A body with parameters, and the names it was made among."""

    __slots__ = ("body", "env", "name", "param_types", "params", "result")

    def __init__(
        self,
        params: tuple[str, ...],
        param_types: tuple[Type, ...],
        body: Closure,
        env: Env,
        result: Type | None = None,
        name: str = "function",
    ) -> None:
        self.name = name
        self.params = params
        self.param_types = param_types
        self.body = body
        self.env = env
        self.result = result

    def call(self, args: list[Any], notes: Notes) -> Any:
        """Return the result for arguments in order."""
        if len(args) != len(self.params):
            raise FeelError(f"{self.name}: {len(args)} arguments for {len(self.params)} parameters")
        bound = {
            name: self._bound(name, type_, arg)
            for name, type_, arg in zip(self.params, self.param_types, args, strict=True)
        }
        if notes.depth >= DEEPEST_CALLS:
            raise FeelError(f"{self.name}: more than {DEEPEST_CALLS} calls in one another")
        notes.depth += 1
        try:
            found = self.body(Env(bound, self.env, notes))
        finally:
            notes.depth -= 1
        return found if self.result is None else fitted(found, self.result)

    def _bound(self, name: str, type_: Type, arg: Any) -> Any:
        if type_ is ANY:
            return arg
        try:
            return fitted(arg, type_)
        except FeelError as error:
            raise FeelError(f"{self.name}: parameter {name}: {error}") from error

    def call_named(self, args: dict[str, Any], notes: Notes) -> Any:
        """Return the result for arguments by name."""
        if set(args) != set(self.params):
            raise FeelError(f"{self.name}: its parameters are {', '.join(self.params)}")
        return self.call([args[name] for name in self.params], notes)
