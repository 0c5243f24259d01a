"""With which algorithms and keys a certificate may be signed."""

from __future__ import annotations

from datetime import datetime

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PublicKeyInfo
from pyhanko_certvalidator.policy_decl import (
    AlgorithmUsageConstraint,
    DisallowWeakAlgorithmsPolicy,
)

# KISA, "암호 알고리즘 및 키 길이 이용 안내서" (2018): 112 bits of strength, RSA 2048 and SHA-224 or
# longer; NIST SP 800-131A rev. 2 the same. Curves below 256 bits are in no certificate we know of.
SHORTEST_RSA = 2048
SHORTEST_CURVE = 256
_SIGNATURES = frozenset({"rsassa_pkcs1v15", "rsassa_pss", "ecdsa", "ed25519"})


class _Algorithms(DisallowWeakAlgorithmsPolicy):
    """Only the signature algorithms we name, with keys that are long enough."""

    def signature_algorithm_allowed(
        self,
        algo: SignedDigestAlgorithm,
        moment: datetime | None,
        public_key: PublicKeyInfo | None,
    ) -> AlgorithmUsageConstraint:
        try:
            known = algo.signature_algo in _SIGNATURES
        except ValueError:
            known = False
        if not known:
            return AlgorithmUsageConstraint(False, failure_reason="not an algorithm we take")
        if public_key is not None and public_key.algorithm == "ec":
            curve, name = public_key.curve
            if curve != "named" or public_key.bit_size < SHORTEST_CURVE:
                return AlgorithmUsageConstraint(False, failure_reason=f"curve {name} is not taken")
        return super().signature_algorithm_allowed(algo, moment, public_key)


ALGORITHMS = _Algorithms(rsa_key_size_threshold=SHORTEST_RSA)  # type: ignore[no-untyped-call]
