"""What can go wrong in the records room."""

from __future__ import annotations

from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable


class MissingGlyphs(Invalid):
    """A text has characters that no font can print; `characters` are they."""

    code = "missing-glyphs"

    def __init__(self, message: str, characters: str) -> None:
        super().__init__(message, {"text": message})
        self.characters = characters


class FontsNotLaid(Unavailable):
    """The fonts of this script were never installed."""

    code = "fonts-not-laid"


class InvalidTemplate(Invalid):
    """A document's template breaks a rule, or its data do not fit it."""

    code = "invalid-template"


class UnknownDocument(NotFound):
    """No document has this code."""

    code = "unknown-document"


class MistypedCode(Invalid):
    """No document can have this number: its check sign does not fit."""

    code = "mistyped-code"


class NotADocument(Invalid):
    """A file that was given to be checked is no PDF that can be read."""

    code = "not-a-document"


class DocumentOver(Conflict):
    """The document is revoked or replaced already."""

    code = "document-over"


class SigningKeyMissing(Unavailable):
    """There is no key to sign documents with."""

    code = "signing-key-missing"


class UnknownAccount(NotFound):
    """The chart of accounts has no such head."""

    code = "unknown-account"


class Unbalanced(Invalid):
    """The entries of a journal do not sum to zero."""

    code = "unbalanced-journal"


class AlreadyReversed(Conflict):
    """The journal was reversed before; once is right."""

    code = "already-reversed"


class UnknownPayment(NotFound):
    """There is no such payment, or not for this reader."""

    code = "unknown-payment"


class KeyUsed(Conflict):
    """The key was used for another payment or refund."""

    code = "key-used"


class NotPayable(Conflict):
    """The payment is over: paid, expired or cancelled."""

    code = "not-payable"


class NotRefundable(Conflict):
    """More is to be given back than is left of what was paid."""

    code = "not-refundable"


class SecondPersonNeeded(Forbidden):
    """Who asked for a refund may not be who approves it."""

    code = "second-person-needed"


class GatewayDown(Unavailable):
    """The payment gateway does not answer; nothing is lost, it is asked again."""

    code = "gateway-down"


class GatewayRefused(Conflict):
    """The payment gateway answered, and said no."""

    code = "gateway-refused"


class InvalidSignature(Forbidden):
    """A callback that is not signed by its gateway, or is too old."""

    code = "invalid-signature"


class UnknownGateway(NotFound):
    """No gateway of that name is set up."""

    code = "unknown-gateway"


class FileReadBefore(Invalid):
    """This settlement file was read before."""

    code = "file-read-before"
    http_status = 409
