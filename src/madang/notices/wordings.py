"""How a message to a person was worded, for the matter that keeps evidence of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from madang.kernel.canonical import canonical
from madang.kernel.errors import NotFound
from madang.notices.person_models import PersonMessage
from madang.notices.purposes import DELIVER, opened


@dataclass(frozen=True)
class Wording:
    """What was said, in which language; `digest` is SHA-256 of language, title and text (JCS)."""

    message: str
    person: str
    matter: str
    language: str
    title: str
    required: bool
    created: datetime
    digest: str


def wording_of(message: str) -> Wording:
    """Return how a message was worded; for a process of ours. Raises NotFound."""
    with opened(DELIVER):
        row = PersonMessage.objects.filter(pk=message).first()
    if row is None:
        raise NotFound(f"there is no message {message!r}")
    said = {"language": row.language, "title": row.title, "text": row.text}
    digest = sha256(canonical(said)).hexdigest()
    return Wording(
        row.pk, row.person, row.matter, row.language, row.title, row.required, row.created, digest
    )
