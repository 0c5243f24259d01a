"""A letter as paper: our head, the address in the window, the words that the person was told."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import override

from madang.cases.post_models import PostedLetter
from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.language_marks import unmarked
from madang.notices.api import Letter
from madang.records import api as records


def paper_of(said: Letter, row: PostedLetter, prints: int) -> records.Letter:
    """Return what is printed of a letter; `prints` is the how manieth print it is."""
    city = profile()
    language = said.language
    kind, _colon, number = said.matter.partition(":")
    with override(language):
        addressed = _("%(name)s (addressee)") % {"name": row.name}
        more = _("You can read this letter, and answer it, at %(place)s, or call us.") % {
            "place": settings().public_origin
        }
    parts = [part for part in said.text.split("\n") if part.strip()]
    blocks = tuple(records.Paragraph(part) for part in (*parts, more))
    own = city.city.default_language
    return records.Letter(
        subject=said.title,
        issuer=records.Issuer(
            name=unmarked(city.name(language)),
            seal=f"{city.name(own)}인"[:9] if own == "ko" else "",
        ),
        recipient=records.Recipient(addressed, tuple(row.lines)),
        blocks=blocks,
        languages=(language,),
        mark=records.Mark(issued=city.today(), is_sample=not settings().is_production),
        reference=number if kind == "case" else "",
        return_code=row.reference,
        print=prints,
    )
