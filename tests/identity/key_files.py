"""Certificate files as people have them: PKCS #12 of several ages, and the pair of NPKI."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from asn1crypto import algos, core, keys
from cryptography.hazmat.decrepit.ciphers.algorithms import SEED
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from tests.identity import pki

SEED_CBC, SEED_WITH_SHA1 = "1.2.410.200004.1.4", "1.2.410.200004.1.15"
_ENCRYPTIONS = {
    "p12-aes": (pkcs12.PBES.PBESv2SHA256AndAES256CBC, hashes.SHA256()),
    "p12-3des": (pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC, hashes.SHA1()),
}
KINDS = (*_ENCRYPTIONS, "npki-pbes1", "npki-pbes2")


def lay(folder: Path, kind: str, held: pki.Credential, password: str) -> list[Path]:
    """Write the certificate and its key in files of that kind; return them."""
    folder.mkdir(parents=True, exist_ok=True)
    if kind in _ENCRYPTIONS:
        scheme, mac = _ENCRYPTIONS[kind]
        how = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
        how = how.key_cert_algorithm(scheme).hmac_hash(mac)
        content = pkcs12.serialize_key_and_certificates(
            "홍길동".encode(), held.key, held.certificate, None, how.build(password.encode())
        )
        return [_written(folder / f"{kind}.p12", content)]
    wrap = _pbes1 if kind == "npki-pbes1" else _pbes2
    return [
        _written(folder / "signCert.der", held.der),
        _written(folder / "signPri.key", wrap(_with_random(held.pkcs8()), password.encode())),
    ]


def _with_random(pkcs8: bytes) -> bytes:
    """Return the key with R among its attributes, as authorities write it (KCAC.TS.SIVID)."""
    info = keys.PrivateKeyInfo.load(pkcs8)
    parts = ("version", "private_key_algorithm", "private_key")
    body = b"".join(info[name].dump() for name in parts)
    random = core.OctetBitString(bytes(range(20))).dump()
    oid = core.ObjectIdentifier("1.2.410.200004.10.1.1.3").dump()
    attribute = _tlv(0x30, oid + _tlv(0x31, random))
    return _tlv(0x30, body + _tlv(0xA0, attribute))


def _pbes1(plain: bytes, password: bytes) -> bytes:
    """KCAC.TS.ENC: PBKDF1 with SHA-1, SEED-CBC, the start from what is left of the key."""
    salt, rounds = os.urandom(8), 2048
    derived = hashlib.sha1(password + salt).digest()
    for _ in range(rounds - 1):
        derived = hashlib.sha1(derived).digest()
    start = hashlib.sha1(derived[16:20]).digest()[:16]
    parameters = _tlv(0x30, _tlv(4, salt) + core.Integer(rounds).dump())
    algorithm = _tlv(0x30, core.ObjectIdentifier(SEED_WITH_SHA1).dump() + parameters)
    return _tlv(0x30, algorithm + _tlv(4, _seed(derived[:16], start, plain)))


def _pbes2(plain: bytes, password: bytes) -> bytes:
    """RFC 8018 with SEED-CBC, as newer programs write it."""
    salt, start, rounds = os.urandom(8), os.urandom(16), 2048
    key = hashlib.pbkdf2_hmac("sha1", password, salt, rounds, 16)
    parameters = {
        "salt": algos.Pbkdf2Salt("specified", core.OctetString(salt)),
        "iteration_count": rounds,
    }
    derivation = algos.KdfAlgorithm({"algorithm": "pbkdf2", "parameters": parameters}).dump()
    scheme = _tlv(0x30, core.ObjectIdentifier(SEED_CBC).dump() + _tlv(4, start))
    pbes2 = core.ObjectIdentifier("1.2.840.113549.1.5.13").dump()
    algorithm = _tlv(0x30, pbes2 + _tlv(0x30, derivation + scheme))
    return _tlv(0x30, algorithm + _tlv(4, _seed(key, start, plain)))


def _seed(key: bytes, start: bytes, plain: bytes) -> bytes:
    padder = padding.PKCS7(128).padder()
    padded = padder.update(plain) + padder.finalize()
    cipher = Cipher(SEED(key), modes.CBC(start)).encryptor()
    return cipher.update(padded) + cipher.finalize()


def _tlv(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
