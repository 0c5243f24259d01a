"""Who acts in tests of cases."""

from __future__ import annotations

from madang.access.api import Actor

KIM = Actor("account:kim", "Kim", person="00000000-0000-7000-8000-0000000000a1", ial=2, aal=2)
LEE = Actor("account:lee", "Lee", person="00000000-0000-7000-8000-0000000000a2", ial=2, aal=2)


def officer(name: str = "han", **more: object) -> Actor:
    """Return an officer who works everywhere, signed in with two proofs."""
    return Actor(f"account:{name}", name, frozenset({"officer"}), aal=2, ial=2, **more)


def clerk(name: str = "seo") -> Actor:
    """Return a clerk at a counter."""
    return Actor(f"account:{name}", name, frozenset({"clerk"}), aal=2, ial=2)
