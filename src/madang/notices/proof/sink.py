"""A mail server and a push service that take everything and keep nothing but counts.

``python -m madang.notices.proof.sink`` prints the two ports and runs until its input ends; a
process of its own, so that it does not take the sender's processor time.
"""

from __future__ import annotations

import asyncio
import sys

_PUSHED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


async def mail(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak as much SMTP as a sender needs (RFC 5321)."""
    writer.write(b"220 sink ESMTP\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await reader.readuntil(b"\r\n.\r\n")
            writer.write(b"250 2.0.0 taken\r\n")
        elif verb == b"QUIT":
            writer.write(b"221 2.0.0 bye\r\n")
            break
        else:
            writer.write(b"250 OK\r\n")
    writer.close()


async def push(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer 201 to each request of a connection (RFC 8030)."""
    while head := await _head(reader):
        length = next(line for line in head.lower().split(b"\r\n") if b"content-length" in line)
        await reader.readexactly(int(length.split(b":")[1]))
        writer.write(_PUSHED)
    writer.close()


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""


async def _run() -> None:
    servers = [await asyncio.start_server(kind, "127.0.0.1", 0) for kind in (mail, push)]
    sys.stdout.write(" ".join(str(s.sockets[0].getsockname()[1]) for s in servers) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_run())
