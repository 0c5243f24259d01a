"""The form of a service on paper: every question, filled in as far as it is answered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.language_marks import unmarked
from madang.records import api as records
from madang.services.forms.paper import PaperQuestion, PaperSection, form_of
from madang.services.packages.package import Package
from madang.services.spoken import Spoken
from madang.services.versions import MARK, Version, version
from madang.services.words import CHANNELS


def paper_language(package: Package, language: str) -> str:
    """Return the language of the paper: the reader's where the package has it, else its own."""
    return language if language in package.translations else package.service.language


def form_paper(
    hash: str,  # the format's own word
    language: str,
    answers: Mapping[str, Any] | None = None,
    reference: str = "",
) -> bytes:
    """Return the form of a published version as PDF/UA-1, in one language.

    Parameters
    ----------
    answers : what was answered so far, by question.
    reference : of the draft that they stand in; its QR code leads staff to them.

    Raises
    ------
    MissingGlyphs
        If an answer has a character that no font of papers has.
    """
    return records.form_pdf(form_of_version(hash, language, answers, reference))


def form_of_version(
    hash: str,  # the format's own word
    language: str,
    answers: Mapping[str, Any] | None = None,
    reference: str = "",
) -> records.Form:
    """Return what stands on the form of a published version; see `form_paper`."""
    with translation.override(language):
        return _form(version(hash), language, answers or {}, reference)


def _form(
    found: Version, language: str, answers: Mapping[str, Any], reference: str
) -> records.Form:
    city, package = profile(), found.package
    say = Spoken(package, language, on_paper=True)
    asked = f"ref={reference}" if reference else f"version={found.hash[:MARK]}"
    return records.Form(
        title=say("service.title", package.service.title),
        issuer=records.Issuer(name=unmarked(city.name(language))),
        sections=tuple(_section(package, one, say) for one in form_of(package, answers, language)),
        languages=(language,),
        reference=reference or f"{package.id} {package.service.version}",
        intake_url=f"{settings().public_origin}/apply/{package.id}/key-in/?{asked}",
        intro=say("service.summary", package.service.summary),
        submit_to=tuple(_ways(package, say)),
        declaration=_("What I have written here is true."),
        privacy=say("pages.consent", package.pages.consent),
    )


def _ways(package: Package, say: Spoken) -> list[str]:
    """Return where the paper can go: the ways that take one."""
    found = []
    for channel in package.service.channels:
        if channel.kind in ("counter", "post", "visit"):
            at = f"channels.{channel.kind}"
            told = [
                channel.phone,
                say(f"{at}.address", channel.address),
                say(f"{at}.note", channel.note),
            ]
            said = " · ".join(filter(None, told))
            title = _(CHANNELS[channel.kind])
            found.append(f"{title}: {said}" if said else title)
    return found


def _section(package: Package, section: PaperSection, say: Spoken) -> records.Section:
    page = next((one for one in package.pages.pages if one.id == section.page), None)
    title = say(f"pages.{section.page}.title", page.title) if page else ""
    return records.Section(
        title=title or section.title,
        questions=tuple(_question(package, one, say) for one in section.questions),
        intro=say(f"pages.{section.page}.hint", page.hint) if page and page.hint else section.intro,
    )


def _question(package: Package, one: PaperQuestion, say: Spoken) -> records.Question:
    at = f"questions.{one.id}"
    hints = [say(f"{at}.hint", one.hint), say(f"{at}.why", one.why)]
    return records.Question(
        number=one.number,
        label=say(f"{at}.ask", package.questions[one.id].ask),
        kind=one.kind,
        hint=" ".join(filter(None, hints)),
        options=tuple(
            records.Option(option.value, say(f"{at}.choices.{option.value}.title", option.label))
            for option in one.options
        ),
        is_required=one.is_required,
        only_if=one.only_if,
        answer="true" if one.kind == "check" and one.answer == "yes" else one.answer,
        unit=one.unit,
    )
