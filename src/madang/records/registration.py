"""What the records room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import API, Command, HealthCheck, Offer, Page, PolicyFile, Purpose


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _documents()


def _documents() -> Iterable[Offer]:
    yield API("documents", "madang.records.document_http:router")
    yield PolicyFile("madang.records:policies/documents.cedar")
    yield Purpose(
        "issue-document", "To issue a document that you asked for", "E-Government Act Art. 27"
    )
    yield Purpose(
        "check-document",
        "To tell who holds your document whether it is genuine",
        "E-Government Act Art. 27",
        stands_s=3600,
    )
    yield HealthCheck("documents", "madang.records.document_watch:problem")
    yield from _document_pages()
    yield from _document_commands()


def _document_pages() -> Iterable[Offer]:
    here, own = "madang.records.document_pages", "signed-in+represented"
    yield Page("verify/", f"{here}:verify", "verify", "public", csrf_exempt=True)
    yield Page("verify/<str:code>/", f"{here}:verify_document", "verify-document", "public")
    one = "documents/<uuid:document>"
    yield Page(f"{one}/paper.pdf", f"{here}:pdf", "document-pdf", own)
    yield Page(f"{one}/credential", f"{here}:credential", "document-credential", own)
    yield Page(
        "credentials/status/<int:number>", f"{here}:status_list", "credential-status", "public"
    )
    yield Page(
        "credentials/types/<slug:kind>", f"{here}:credential_type", "credential-type", "public"
    )
    yield Page(
        ".well-known/jwt-vc-issuer", f"{here}:issuer_metadata", "credential-issuer", "public"
    )


def _document_commands() -> Iterable[Offer]:
    cli = "madang.records.document_cli"
    yield Command("documents render", f"{cli}:render", "Set a document's template as PDF.")
    yield Command("documents verify", f"{cli}:verify", "Say whether a signed PDF is genuine.")
    yield Command(
        "documents verify-credential",
        f"{cli}:verify_credential",
        "Say whether a credential is genuine, and what it shows.",
    )
