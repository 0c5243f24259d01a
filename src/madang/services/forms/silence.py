"""What a condition may come to while a register is silent.

A register that knows nothing, or may not be asked, must not hide a question from somebody: without
the answer nobody could decide. So a condition over such a fact holds as long as any value of the
fact would make it hold, beside all that was answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Any

from madang.services.packages.decide import Rules, words_of
from madang.services.packages.package import Package

MOST_VALUES = 2_000  # combinations that are tried for one condition


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    return frozenset(words_of(text))


def silent(package: Package, text: str, seen: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the facts of registers that a condition names and nobody has said anything of."""
    registers = package.register_facts
    if not registers:
        return ()
    return tuple(sorted(name for name in _words(text) & registers if name not in seen))


def holds_or_may(rules: Rules, text: str, seen: Mapping[str, Any], today: date) -> bool:
    """Return whether a condition holds, or could once the registers that are silent speak."""
    open_names = silent(rules.package, text, seen)
    if open_names:
        return may_open(rules, text, seen, today, open_names)
    return rules.condition(text, seen, today)


def may_open(
    rules: Rules, text: str, seen: Mapping[str, Any], today: date, names: tuple[str, ...]
) -> bool:
    """Return whether a condition holds, or would with some value of facts that nobody knows."""
    from madang.services.lint.domains import assignments, constants_of, points

    package, written = rules.package, constants_of(text, is_tests=False)
    parameters = rules.parameters(today)
    limits = [parameters[name] for name in sorted(_words(text) & parameters.keys())]
    limits = list(chain.from_iterable(one if isinstance(one, list) else [one] for one in limits))
    domains = {
        name: points(package, package.facts[name], [*written, *limits], today) for name in names
    }
    return rules.may_hold(text, seen, today, assignments(domains, MOST_VALUES))


def asked_of_registers(package: Package) -> frozenset[str]:
    """Return the facts of registers that pages, questions and papers hang on."""
    texts = [page.when for page in package.pages.pages]
    texts += [question.when for question in package.pages.questions]
    texts += [paper.when for paper in package.service.evidence]
    return frozenset(chain.from_iterable(_words(text) for text in texts if text)) & (
        package.register_facts
    )
