"""What can go wrong in the records room."""

from __future__ import annotations

from madang.kernel.errors import Conflict, Invalid, NotFound, Unavailable


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
