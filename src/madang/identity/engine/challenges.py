"""What a person signs to prove that the key is theirs: for us, for this purpose, once, and now.

The text is meant to be read by whoever signs it. It is signed byte for byte, so that the very
bytes are kept in one place: `Challenge.content`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

TITLE = "Madang: sign this text to show that the certificate is yours."
# 128 bits at least: OWASP ASVS 5.0, 11.5.1
NONCE = re.compile(r"[A-Za-z0-9_-]{22,86}")


@dataclass(frozen=True)
class Challenge:
    """A challenge of ours.

    Parameters
    ----------
    audience : origin for which it is signed, such as ``https://city.example``.
    purpose : ``sign-in`` (stepping up, too) or ``enrol``.
    nonce : random, base64url, at least 128 bits.
    expires : last moment at which the signature is taken, to the second.
    """

    audience: str
    purpose: str
    nonce: str
    expires: datetime

    @property
    def content(self) -> bytes:
        r"""Return the bytes to sign: UTF-8, lines ending in a line feed.

        >>> moment = datetime(2026, 11, 22, 5, tzinfo=UTC)
        >>> print(Challenge("https://city.example", "sign-in", "A" * 22, moment).content.decode())
        Madang: sign this text to show that the certificate is yours.
        audience: https://city.example
        purpose: sign-in
        nonce: AAAAAAAAAAAAAAAAAAAAAA
        expires: 2026-11-22T05:00:00Z
        <BLANKLINE>
        """
        if not NONCE.fullmatch(self.nonce):
            raise ValueError("the nonce of a challenge has 22 to 86 characters of base64url")
        moment = self.expires.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = (
            TITLE,
            f"audience: {self.audience}",
            f"purpose: {self.purpose}",
            f"nonce: {self.nonce}",
            f"expires: {moment}",
        )
        return "".join(f"{line}\n" for line in lines).encode()

    def is_over(self, at: datetime) -> bool:
        """Return whether `at` is past the last moment."""
        return at > self.expires


def challenge_in(content: bytes) -> Challenge:
    """Return the challenge whose bytes these are.

    Raises
    ------
    ValueError
        If they are none of ours, or were changed.
    """
    lines = content.decode("utf-8", "strict").splitlines()
    fields = dict(line.partition(": ")[::2] for line in lines[1:])
    try:
        found = Challenge(
            fields["audience"],
            fields["purpose"],
            fields["nonce"],
            datetime.fromisoformat(fields["expires"]),
        )
    except KeyError as missing:
        raise ValueError(f"no line {missing} in the text") from None
    if found.content != content:
        raise ValueError("the text is not as we wrote it")
    return found
