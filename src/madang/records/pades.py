"""Sign a PDF for the city: PAdES, level B-B, B-T with a clock, B-LT with revocation lists.

ETSI EN 319 142-1. The signature is in one revision and covers every byte of the file; what proves
it later (certificates, revocation lists) is in that same revision. The field is outside the page
and hidden, as PDF/UA-1 (7.18.1) wants of a widget without a tag.
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterable

from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    SigDSSPlacementPreference,
)
from pyhanko_certvalidator import ValidationContext

from madang.kernel import times
from madang.records.signing_keys import SigningKey

FIELD = "CitySeal"
# it warns at each signature that nothing is fetched: that is what we want
logging.getLogger("pyhanko.sign.signers.pdf_signer").setLevel(logging.ERROR)
_RESERVED_B = 24 * 1024  # CMS with chain and time stamp; the size estimate would sign twice


def signed(pdf: bytes, key: SigningKey, *, code: str, authority: str) -> bytes:
    """Return the PDF with the city's signature.

    Parameters
    ----------
    code : the document's code without hyphens; the signature states it as its reason.
    authority : who signs, for the signature panel of a reader.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    spec = SigFieldSpec(
        FIELD,
        invis_sig_settings=InvisSigSettings(
            set_print_flag=False, set_hidden_flag=True, box_out_of_bounds=True
        ),
        readable_field_name=authority,
    )
    can_last = bool(key.revocations)
    meta = PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        reason=code,
        name=authority,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=can_last,
        validation_context=_context(key) if can_last else None,
        dss_settings=DSSContentSettings(
            include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE
        ),
    )
    fields.append_signature_field(writer, spec)
    for page in range(int(writer.root["/Pages"]["/Count"])):
        _tab_by_structure(writer, page)
    out = io.BytesIO()
    asyncio.run(
        signers.async_sign_pdf(
            writer,
            meta,
            key.pdf_signer(),
            timestamper=key.clock(),
            bytes_reserved=_RESERVED_B,
            output=out,
        )
    )
    return out.getvalue()


def _tab_by_structure(writer: IncrementalPdfFileWriter, number: int) -> None:
    """Say that Tab follows the structure, which PDF/UA-1 (7.18.3) asks of pages with a field."""
    from pyhanko.pdf_utils import generic

    found = writer.find_page_for_modification(number)  # type: ignore[no-untyped-call]
    reference = found[0]
    page = reference.get_object()
    if page.get("/Tabs") != "/S":
        page["/Tabs"] = generic.NameObject("/S")
        writer.mark_update(reference)


def _context(key: SigningKey) -> ValidationContext:
    from asn1crypto import crl, x509

    def parsed(certificates: Iterable[Certificate]) -> list[x509.Certificate]:
        return [x509.Certificate.load(one.public_bytes(Encoding.DER)) for one in certificates]

    return ValidationContext(
        trust_roots=parsed(key.roots),
        other_certs=parsed(key.chain),
        crls=[crl.CertificateList.load(one) for one in key.revocations],
        allow_fetching=False,
        revocation_mode="hard-fail",
        moment=times.now(),
    )
