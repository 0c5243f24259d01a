"""The form of a service on paper: all its questions, filled in as far as they are answered."""

from __future__ import annotations

from django.utils.translation import gettext as _

from madang.cases.drafts import Open
from madang.city.api import profile
from madang.records import api as records
from madang.services.api import Package, PaperQuestion, form_of


def form_pdf_of(package: Package, draft: Open | None, language: str, base_url: str) -> bytes:
    """Return the form as PDF/UA; its QR code leads staff to where it is keyed in.

    Parameters
    ----------
    package : in the language of the paper.
    base_url : origin of this instance, without a slash at the end.

    Raises
    ------
    MissingGlyphs
        If an answer has a character that no font of papers has.
    """
    service = package.service
    answers = draft.content.answers if draft else {}
    reference = draft.row.pk if draft else service.id
    intake = f"{base_url}/apply/{service.id}/key-in" + (f"?ref={reference}" if draft else "")
    sections = tuple(
        records.Section(one.title or service.title, tuple(_question(q) for q in one.questions),
                        one.intro)
        for one in form_of(package, answers, language)
    )  # fmt: skip
    offline = [one for one in service.channels if one.kind in ("counter", "post", "visit", "phone")]
    return records.form_pdf(
        records.Form(
            title=service.title,
            issuer=records.Issuer(name=profile().name(language)),
            sections=sections,
            languages=(language,),
            reference=reference,
            intake_url=intake,
            intro=service.summary,
            submit_to=tuple(
                " ".join(text for text in (_titles()[one.kind], one.phone, one.address, one.note)
                         if text)
                for one in offline
            ),
            declaration=package.pages.consent,
        )
    )  # fmt: skip


def _titles() -> dict[str, str]:
    return {
        "counter": _("At a counter:"), "post": _("By post:"), "visit": _("We come to you:"),
        "phone": _("By phone:"),
    }  # fmt: skip


def _question(question: PaperQuestion) -> records.Question:
    return records.Question(
        number=question.number,
        label=question.label,
        kind=question.kind,
        hint=question.hint,
        options=tuple(records.Option(one.value, one.label) for one in question.options),
        is_required=question.is_required,
        only_if=question.only_if,
        answer="true" if question.kind == "check" and question.answer == "yes" else question.answer,
        unit=question.unit,
    )
