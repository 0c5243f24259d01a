"""The reference page of personal data: what is held, for what it opens, to whom, how far."""

from __future__ import annotations

from collections.abc import Iterable


def lines() -> Iterable[str]:
    """Yield the body of the page."""
    from madang.access.guard import purposes

    yield from ("## Purposes", "")
    yield from ("| purpose | said to the person concerned as | legal basis | they see the looks |",
                "|---|---|---|---|")  # fmt: skip
    for one in purposes().values():
        listed = "yes" if one.is_listed else "no"
        yield f"| `{one.id}` | {one.title} | {one.legal_basis} | {listed} |"
    yield from ("", "## Data sets", "")
    yield "A column in no class is `plain`: ids, states, dates."
    yield ""
    yield from _datasets()
    yield from ("## Policies", "")
    yield "What no policy opens stays closed; `forbid` closes what another opens."
    yield ""
    yield from _policies()


def _datasets() -> Iterable[str]:
    from madang.access.personal import holding, personal_models

    models = [m for m in personal_models() if m.__module__.startswith("madang.")]
    for model in sorted(models, key=lambda m: (holding(m).dataset, m.__name__)):
        held = holding(model)
        yield f"### `{held.dataset}`: {model.__name__}"
        yield ""
        yield (model.__doc__ or "").split("\n", maxsplit=1)[0]
        yield ""
        for name in sorted(set(held.class_of.values())):
            columns = sorted(column for column, kind in held.class_of.items() if kind == name)
            yield f"- `{name}`: {', '.join(columns)}"
        yield f"- whose: {f'`{held.subject}`' if held.subject else 'no person of the register'}"
        yield ""


def _policies() -> Iterable[str]:
    from madang.access.engine.policies import parsed
    from madang.access.guard import policy_sources

    for file, text in policy_sources():
        yield from (f"### `{file}`", "")
        yield from ("| policy | effect | actions | columns | rows | purposes | basis |",
                    "|---|---|---|---|---|---|---|")  # fmt: skip
        for one in parsed(file, text):
            cells = (
                f"`{one.id}`", one.effect, _listed(one.actions), _listed(one.columns),
                _listed(one.rows), _listed(one.purposes or ()), one.basis,
            )  # fmt: skip
            yield f"| {' | '.join(cells)} |"
        yield ""


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
