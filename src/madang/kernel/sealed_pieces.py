"""Large things kept encrypted in pieces, so that one is read without having all of it in memory.

Each piece of 64 KiB is AES-256-GCM under a key of its own file (HKDF over 128 random bits) and a
nonce that counts the pieces and marks the last one: pieces cannot be changed, swapped, left out at
the end or added behind it without being noticed (STREAM [1]_, as in the file format age).

What `sealing.seal` made in one piece is read here as well: it is checked whole, piece by piece,
before anything of it is handed out.

References
----------
.. [1] V. Hoang, R. Reyhanitabar, P. Rogaway, D. Vizár, "Online authenticated-encryption and its
   nonce-reuse misuse-resistance", CRYPTO 2015, section 7; C2SP, age-encryption.org/v1, "Payload".
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from madang.kernel.errors import Invalid
from madang.kernel.sealing import NONCE, derived_key

MAGIC = b"madang\x00\x01"  # a nonce that begins so by chance: one in 2^64
PIECE = 64 * 1024
_SALT, _TAG = 16, 16
_HEAD = len(MAGIC) + _SALT

Read = Callable[[int, int], bytes]
"""Returns bytes of what is sealed: from which place on, and how many at most."""


def seal(room: str, use: str, about: str, content: bytes) -> bytes:
    """Return `content` encrypted in pieces for a use of a room; `about` is needed to read it."""
    salt = os.urandom(_SALT)
    cipher = AESGCM(_key(room, use, about, salt))
    view, count = memoryview(content), _count(len(content))
    sealed = bytearray(MAGIC + salt)
    for number in range(count):
        piece = view[number * PIECE : (number + 1) * PIECE]
        sealed += cipher.encrypt(_nonce(number, number == count - 1), piece, None)
    return bytes(sealed)


def opened(room: str, use: str, about: str, read: Read, size: int) -> Iterator[bytes]:
    """Yield what was sealed, in pieces of at most 64 KiB, each proved genuine before it comes.

    Who does not see the end has not seen all of it: a reader that hands pieces on must let its
    own reader know that it broke off.

    Parameters
    ----------
    read : hands out parts of what is sealed.
    size : bytes of what is sealed.

    Raises
    ------
    Invalid
        Where it was sealed for something else, under another key, was changed or cut off.
    """
    try:
        if read(0, len(MAGIC)) == MAGIC:
            yield from _in_pieces(_key(room, use, about, read(len(MAGIC), _SALT)), read, size)
        else:
            key = derived_key(room, use)
            for _piece in _in_one(key, about, read, size):
                pass  # its proof stands at its end: nothing is handed out before
            yield from _in_one(key, about, read, size)
    except (InvalidTag, ValueError):
        raise Invalid(f"a sealed {use} cannot be read with this instance's key") from None


def unseal(room: str, use: str, about: str, sealed: bytes | memoryview) -> bytes:
    """Return all of what was sealed, in pieces or in one; raises as `opened`."""
    view = memoryview(sealed)
    pieces = opened(room, use, about, lambda at, n: bytes(view[at : at + n]), len(view))
    return b"".join(pieces)


def _in_pieces(key: bytes, read: Read, size: int) -> Iterator[bytes]:
    cipher, count = AESGCM(key), -(-(size - _HEAD) // (PIECE + _TAG))
    for number in range(max(1, count)):
        sealed = read(_HEAD + number * (PIECE + _TAG), PIECE + _TAG)
        piece = cipher.decrypt(_nonce(number, number >= count - 1), sealed, None)
        yield piece


def _in_one(key: bytes, about: str, read: Read, size: int) -> Iterator[bytes]:
    """Yield what was sealed in one piece; whether it is genuine is known at the end only."""
    nonce, tag = read(0, NONCE), read(size - _TAG, _TAG)
    cipher = Cipher(algorithms.AES(key), modes.GCM(nonce, tag)).decryptor()
    cipher.authenticate_additional_data(about.encode())
    for at in range(NONCE, size - _TAG, PIECE):
        yield cipher.update(read(at, min(PIECE, size - _TAG - at)))
    cipher.finalize()


def _key(room: str, use: str, about: str, salt: bytes) -> bytes:
    """Return the key of one thing: its name is part of it, so that it opens as nothing else."""
    info = f"madang.{room}.{use}.pieces\n{about}".encode()
    return HKDF(hashes.SHA256(), 32, salt=salt, info=info).derive(derived_key(room, use))


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(NONCE - 1, "big") + bytes([is_last])


def _count(size: int) -> int:
    return max(1, -(-size // PIECE))
