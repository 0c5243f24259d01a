"""Keys that sign tokens: made ahead, shown before they sign, retired without a gap.

Of each algorithm one key is current and one is next. Rotation makes next the current one: whoever
keeps our key set for a while knows it already, and what the old one signed stays good.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from joserfc import jws
from joserfc.jwk import ECKey, Key, KeySet, RSAKey

from madang.identity.provider.lifetimes import KEY_IS_SHOWN, KEY_SIGNS
from madang.identity.provider_models import SigningKey
from madang.identity.sealing import seal, unseal
from madang.kernel import audit, times

ALGORITHMS = ("ES256", "RS256")
State = SigningKey.State
_USE = "signing-key"


def signed(claims: dict[str, Any], alg: str, *, typ: str = "JWT") -> str:
    """Return a JWT of the claims under the current key of this algorithm."""
    kid, key = _current(alg)
    header = {"alg": alg, "kid": kid, "typ": typ}
    body = json.dumps(claims, separators=(",", ":")).encode()
    return jws.serialize_compact(header, body, key, algorithms=[alg])


def public_keys(now: datetime | None = None) -> KeySet:
    """Return the public halves of all keys that are shown: next, current and lately retired."""
    since = (now or times.now()) - KEY_IS_SHOWN
    rows = [row for row in all_keys() if row.retired is None or row.retired > since]
    return KeySet.import_key_set({"keys": [row.public for row in rows]})


def shown_keys() -> dict[str, Any]:
    """Return the key set as it is published."""
    return dict(public_keys().as_dict(private=False))


def all_keys() -> list[SigningKey]:
    """Return all keys without their secrets, newest first; makes the first ones."""
    for alg in ALGORITHMS:
        _ensure(alg)
    return list(SigningKey.objects.defer("sealed").order_by("-made"))


def rotate(by: str, algorithms: tuple[str, ...] = ALGORITHMS) -> list[SigningKey]:
    """Let the next keys sign from now on; return all keys."""
    now = times.now()
    for alg in algorithms:
        _ensure(alg)
        with transaction.atomic():
            rows = SigningKey.objects.select_for_update().filter(alg=alg)
            current, following = rows.get(state=State.CURRENT), rows.get(state=State.NEXT)
            current.state, current.retired, current.sealed = State.RETIRED, now, b""
            current.save(update_fields=["state", "retired", "sealed"])
            following.state, following.current_since = State.CURRENT, now
            following.save(update_fields=["state", "current_since"])
            _make(alg, State.NEXT)
            audit.record(by, "identity.rotate_keys", f"key:{following.kid}", detail={"alg": alg})
    return all_keys()


def rotate_when_due() -> None:
    """Rotate keys that have signed long enough, forget those nobody asks for; by a schedule."""
    now = times.now()
    old = SigningKey.objects.filter(state=State.CURRENT, current_since__lt=now - KEY_SIGNS)
    due = tuple(old.values_list("alg", flat=True))
    if due:
        rotate("system:schedule", due)
    SigningKey.objects.filter(state=State.RETIRED, retired__lt=now - KEY_IS_SHOWN).delete()


def _current(alg: str) -> tuple[str, Key]:
    row = SigningKey.objects.filter(alg=alg, state=State.CURRENT).only("kid").first()
    if row is None:
        _ensure(alg)
        row = SigningKey.objects.only("kid").get(alg=alg, state=State.CURRENT)
    return row.kid, _private(row.kid)


@lru_cache(maxsize=8)
def _private(kid: str) -> Key:
    row = SigningKey.objects.get(kid=kid)
    plain = json.loads(unseal(_USE, row.sealed))
    return (ECKey if row.alg == "ES256" else RSAKey).import_key(plain)


def _ensure(alg: str) -> None:
    have = set(
        SigningKey.objects.filter(alg=alg)
        .exclude(state=State.RETIRED)
        .values_list("state", flat=True)
    )
    for state in (State.CURRENT, State.NEXT):
        if state not in have:
            _make(alg, state)


def fresh(alg: str, state: State) -> SigningKey:
    """Return a new key that is not kept yet."""
    # P-256 and RSA 2048: RFC 7518, section 3.1, and NIST SP 800-57 part 1 until 2030
    key = ECKey.generate_key("P-256") if alg == "ES256" else RSAKey.generate_key(2048)
    kid, now = key.thumbprint(), times.now()
    return SigningKey(
        kid=kid,
        alg=alg,
        state=state,
        public={**key.as_dict(private=False), "kid": kid, "alg": alg, "use": "sig"},
        sealed=seal(_USE, json.dumps(key.as_dict(private=True)).encode()),
        made=now,
        current_since=now if state == State.CURRENT else None,
    )


def _make(alg: str, state: State) -> None:
    try:
        with transaction.atomic():
            fresh(alg, state).save(force_insert=True)
    except IntegrityError:  # another process was first
        return
