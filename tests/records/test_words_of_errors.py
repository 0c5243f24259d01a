"""What goes wrong with money and papers is said in the reader's language."""

from __future__ import annotations

import ast
import re

import pytest
from django.utils import translation

from madang.kernel.errors import MadangError
from madang.records import api, payment_values, payments, previews, receipts, refunds, suspense
from tests.architecture.source import Module, modules
from tests.records.conftest import OFFICER, TREASURER, opened_intent, paid

# what only programs, commands and those who set the house up are told: logs and answers of the API
FOR_PROGRAMS = {
    "signatures", "settlement_file", "ledger", "ledger_writes", "signing_keys", "sample_seal",
    "seals", "seal_cli", "payment_cli", "document_cli", "payment_http", "document_http",
    "document_templates", "typesetting", "credentials", "counter", "api", "layouts", "storage",
    "payment_terms", "chart", "clocks", "gateway_words", "press",
}  # fmt: skip
# a mistake of the room that asks, which no button leads to
FOR_ROOMS = {
    "documents": {"a document is good", "a key has", "the key", "a revocation", "there is no doc",
                  "document "},
    "payments": {"this payment cannot be opened", "key "},
    "settlement": {""},  # of a file that a command reads
    "sample": {"there is no paid charge", "", "the callback", "webhook-id",
               "there is nothing left"},
    "registry": {"no gateway is called "},
}  # fmt: skip
SPOKEN = [
    one for one in modules()
    if one.room == "records" and ".engine" not in one.name and ".proof" not in one.name
    and one.name.rpartition(".")[2] not in FOR_PROGRAMS
]  # fmt: skip


@pytest.mark.parametrize("module", SPOKEN, ids=lambda one: one.name)
def test_no_error_that_a_person_sees_is_worded_in_one_language_only(module: Module):
    known = FOR_ROOMS.get(module.name.rpartition(".")[2], set())
    for node in ast.walk(module.tree()):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        for said in node.exc.args[:1]:
            text = said.values[0] if isinstance(said, ast.JoinedStr) else said
            if not isinstance(text, ast.Constant | ast.FormattedValue):
                continue
            word = text.value if isinstance(text, ast.Constant) else ""
            if not isinstance(word, str) or ast.unparse(node.exc.func).startswith("Runtime"):
                continue
            is_known = any(word.startswith(one) if one else not word for one in known)
            assert is_known, f"{module.path}:{node.lineno}: {ast.unparse(said)}"


def too_much() -> None:
    api.refund(paid().id, 20_000, "r", by=OFFICER, key="k")


def twice() -> None:
    intent = paid()
    api.refund(intent.id, 100, "r", by=OFFICER, key="k")
    api.refund(intent.id, 200, "r", by=OFFICER, key="k")


def over() -> None:
    intent = opened_intent()
    api.withdraw(intent.id, "waived", by=OFFICER)
    payments.begin(intent.id, "ko")


@pytest.mark.data
@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        too_much, twice, over,
        lambda: payments.intent("nothing"),
        lambda: payment_values.intent_of("cut.short"),
        lambda: receipts.of_payment("nothing", "ko", by=OFFICER),
        lambda: refunds.turn_down("nothing", by=TREASURER),
        lambda: suspense.clear(1, "returned", by=TREASURER),
        lambda: suspense.clear(1, "burnt", by=TREASURER),
        lambda: previews.preview_png(b"x", "image/png", (0, 0)),
    ],
)  # fmt: skip
def test_a_korean_desk_reads_korean(wrong):
    with translation.override("ko"), pytest.raises(MadangError) as error:
        wrong()
    assert re.search("[가-힣]", error.value.message), error.value.message
    assert not re.search("[A-Za-z]{2}", error.value.message), error.value.message
