"""What the records room offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Claim,
    Command,
    HealthCheck,
    MenuEntry,
    Offer,
    OwnPanel,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
)

TREASURER = "role:treasurer"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _payments()
    yield from _documents()
    yield OwnPanel("documents", "madang.records.own_panels:documents", 50)
    yield OwnPanel("payments", "madang.records.own_panels:payments", 40)


def _payments() -> Iterable[Offer]:
    yield PolicyFile("madang.records:policies/payments.cedar")
    yield Purpose(
        "take-payment",
        "To take what you pay, and to give it back",
        "PIPA Art. 15(1)3; Local Autonomy Act Art. 153, 154",
        stands_s=3600,
    )
    yield Purpose("keep-accounts", "To keep the city's accounts",
                  "PIPA Art. 15(1)3; Local Accounting Act")  # fmt: skip
    yield ProfileFile(
        "payments.yaml",
        "madang.records.payment_terms:faults_of_file",
        "Through which gateway fees are paid, for how long, and which refunds need two people.",
    )
    yield HealthCheck("ledger", "madang.records.ledger:problem")
    yield from _payment_jobs()
    yield from _payment_pages()
    yield from _payment_commands()
    yield from _payment_claims()


def _payment_jobs() -> Iterable[Offer]:
    jobs, sample = "madang.records.payment_jobs", "madang.records.gateways.sample_callbacks"
    yield Schedule(
        "payments-tend",
        "* * * * *",
        f"{jobs}:tend",
        "Send refunds, ask gateways about payments under way, end those never made.",
    )
    yield Schedule(
        "payments-sample-callbacks",
        "* * * * *",
        f"{sample}:send_due",
        "Send the callbacks of the simulated gateway.",
    )
    yield Schedule(
        "payments-settle",
        "30 5 * * *",
        "madang.records.settlement:settle_yesterday",
        "Compare the gateway's settlement of the day before with the books.",
    )
    yield Schedule(
        "payments-forget",
        "20 4 * * *",
        f"{jobs}:forget_old",
        "Delete what gateways said more than five years ago.",
    )


def _payment_pages() -> Iterable[Offer]:
    here, desk = "madang.records.payment_pages", "madang.records.payment_desk_pages"
    # the signed address is the right to pay: by a helper, at a counter, from a letter
    yield Page("pay/<str:token>/", f"{here}:pay", "pay", "public")
    yield Page("pay/<str:token>/done/", f"{here}:done", "pay-done", "public")
    yield Page("pay/<str:token>/receipt.pdf", f"{here}:receipt", "pay-receipt", "public")
    back = "pay/<str:token>/refunds/<str:refund>/receipt.pdf"
    yield Page(back, f"{here}:refund_receipt", "refund-receipt", "public")
    sample = "madang.records.gateways.sample_pages:pay"
    yield Page("simulated-payment/<str:charge_id>/", sample, "simulated-payment", "public")
    yield Page("operations/payments/", f"{desk}:desk", "operations-payments", TREASURER)
    yield MenuEntry("operations-payments", "Payments", 91, TREASURER)
    yield API("payments", "madang.records.payment_http:router")


def _payment_commands() -> Iterable[Offer]:
    here = "madang.records.payment_cli"
    yield Command("payments reconcile", f"{here}:reconcile", "Compare a settlement file.")
    yield Command("payments settle", f"{here}:settle", "Take a day's settlement in.")
    yield Command("ledger statement", f"{here}:statement", "Print the journals of a case.")
    yield Command("ledger balance", f"{here}:balance", "Print the trial balance.")
    yield Command("ledger check", f"{here}:check", "Sum all journals anew.")


def _payment_claims() -> Iterable[Offer]:
    proof = "madang.records.proof.payments"
    yield Claim(
        "records-books-sum-to-zero",
        "of 500 tries to unbalance the ledger by SQL, those that the database lets through",
        "tries",
        0,
        "lower",
        f"{proof}:uneven_books",
    )
    yield Claim(
        "records-payments",
        "payments from opening to booked money, a second of CPU time",
        "1/s",
        30,
        "higher",
        f"{proof}:journeys_per_cpu_s",
    )


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
    yield from _document_pages()
    yield from _document_commands()
    yield from _document_claims()


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
    seals = "madang.records.seal_cli"
    yield Command("documents seals", f"{seals}:listed", "List the seals that signed documents.")
    yield Command(
        "documents distrust-seal",
        f"{seals}:distrust",
        "Make an old seal worthless: its key leaked.",
    )
    yield Command("documents verify", f"{cli}:verify", "Say whether a signed PDF is genuine.")
    yield Command(
        "documents verify-credential",
        f"{cli}:verify_credential",
        "Say whether a credential is genuine, and what it shows.",
    )


def _document_claims() -> Iterable[Offer]:
    proof = "madang.records.proof.documents"
    yield Claim(
        "document-issue", "CPU time to issue a document: set, signed, credential, encrypted", "ms",
        400, "lower", f"{proof}:issue_cpu_ms",
    )  # fmt: skip
    yield Claim(
        "document-check", "signed files checked in a CPU second", "1/s", 20, "higher",
        f"{proof}:checks_per_cpu_s",
    )  # fmt: skip
