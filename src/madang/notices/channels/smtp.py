"""Mail by SMTP (RFC 5321): TLS, sign-in, connections kept and used again.

One recipient per mail. Where the connection breaks after the text was sent and before the server's
answer, nobody knows whether the mail was taken (RFC 1047): it is sent again under the same
``Message-ID``. Bounces that come later by mail are not read.
"""

from __future__ import annotations

import contextlib
import smtplib
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINE_ENDS
from email.utils import format_datetime
from queue import Empty, LifoQueue
from urllib.parse import parse_qs, unquote, urlsplit

from madang.kernel.errors import Invalid, Unavailable
from madang.kernel.times import now
from madang.notices.channels.port import Message, Refused, TryLater

TIMEOUT_S = 20.0
PARALLEL = 4  # connections; servers commonly allow ten from one client
MAILS_PER_CONNECTION = 200
IDLE_S = 30.0


@dataclass(frozen=True)
class Server:
    """A mail server. `tls` is ``start`` (STARTTLS), ``on`` (TLS from the start) or ``off``."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    tls: str = "start"


def read_url(url: str) -> Server:
    """Return the server that a URL names.

    Raises
    ------
    Invalid
        If it is none, or would send a password without TLS.

    >>> read_url("smtps://mail.example.org").port
    465
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad("has no valid port") from None
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise _bad("is not smtp://HOST:PORT or smtps://HOST:PORT")
    asked = parse_qs(parts.query).get("tls", ["start"])[0]
    if asked not in ("start", "off"):
        raise _bad(f"has tls={asked}; it is start or off")
    tls = "on" if parts.scheme == "smtps" else asked
    server = Server(
        parts.hostname,
        port or (465 if tls == "on" else 587),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        tls,
    )
    if server.user and tls == "off":
        raise _bad("would send a password without TLS")
    return server


def _bad(reason: str) -> Invalid:
    return Invalid(f"MADANG_SMTP_URL {reason}", {"MADANG_SMTP_URL": reason})


class _Connection:
    def __init__(self, server: Server) -> None:
        self.mails = 0
        self.used = time.monotonic()
        context = ssl.create_default_context()
        if server.tls == "on":
            self.smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=TIMEOUT_S, context=context
            )
        else:
            self.smtp = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_S)
        try:
            if server.tls == "start":
                self.smtp.starttls(context=context)
            if server.user:
                self.smtp.login(server.user, server.password)
        except BaseException:
            self.smtp.close()
            raise

    def close(self) -> None:
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.smtp.quit()
        self.smtp.close()


class SMTPChannel:
    """Mail through one server."""

    name = "email"
    parallel = PARALLEL

    def __init__(self, server: Server, sender: str, sender_name: str) -> None:
        local, _at, domain = sender.rpartition("@")
        if not local or not domain:
            raise Invalid(
                "mail needs a sender: MADANG_MAIL_FROM=alerts@city.example",
                {"MADANG_MAIL_FROM": "missing"},
            )
        self._server = server
        self._sender = Address(sender_name, local, domain)
        self._idle: LifoQueue[_Connection] = LifoQueue()

    def send(self, message: Message) -> str:
        """Hand the mail to the server and return what it answered; see `Channel.send`."""
        data = self.mail(message).as_bytes()
        with self._connection() as connection:
            smtp = connection.smtp
            try:
                refused = smtp.sendmail(self._sender.addr_spec, [message.address], data)
            except smtplib.SMTPRecipientsRefused as error:
                raise _of_recipient(*next(iter(error.recipients.values()))) from None
            except smtplib.SMTPDataError as error:
                raise _of_recipient(error.smtp_code, error.smtp_error) from None
            except smtplib.SMTPNotSupportedError:
                raise Refused("the mail server cannot carry this address") from None
            except smtplib.SMTPSenderRefused as error:
                raise Unavailable(
                    f"the mail server refuses the sender: {error.smtp_code}"
                ) from None
        assert not refused, "one recipient, and it was taken"
        return "accepted"

    def mail(self, message: Message) -> EmailMessage:
        """Return the mail; headers cannot be injected, `EmailMessage` refuses line ends."""
        mail = EmailMessage(policy=LINE_ENDS)
        mail["From"] = self._sender
        mail["To"] = message.address
        mail["Subject"] = message.title
        mail["Date"] = format_datetime(now())
        mail["Message-ID"] = f"<{message.key}@{self._sender.domain}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        mail["Content-Language"] = message.language
        if message.stop_url:
            mail["List-Unsubscribe"] = f"<{message.stop_url}>"
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        mail.set_content(message.text, cte="base64")
        mail.add_alternative(message.html, subtype="html", cte="base64")
        return mail

    def close(self) -> None:
        """Close the connections that nobody uses."""
        with contextlib.suppress(Empty):
            while True:
                self._idle.get_nowait().close()

    @contextmanager
    def _connection(self) -> Iterator[_Connection]:
        """Lend a connection; one that broke is thrown away, the others go back."""
        connection = self._open()
        try:
            yield connection
        except (OSError, smtplib.SMTPServerDisconnected) as error:
            connection.close()
            raise Unavailable(f"the mail server does not answer: {_words(error)}") from None
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _open(self) -> _Connection:
        with contextlib.suppress(Empty):
            while True:
                connection = self._idle.get_nowait()
                if self._is_usable(connection):
                    return connection
                connection.close()
        try:
            return _Connection(self._server)
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"the mail server cannot be used: {_words(error)}") from None

    def _is_usable(self, connection: _Connection) -> bool:
        return (
            connection.mails < MAILS_PER_CONNECTION
            and time.monotonic() - connection.used < IDLE_S
            and connection.smtp.sock is not None
        )

    def _give_back(self, connection: _Connection) -> None:
        connection.mails += 1
        connection.used = time.monotonic()
        self._idle.put(connection)


def _of_recipient(code: int, answer: bytes | str) -> TryLater | Refused | Unavailable:
    """Return what a reply to one recipient means (RFC 5321, section 4.2.1); 421 is the server's."""
    words = answer.decode("ascii", "replace") if isinstance(answer, bytes) else answer
    enhanced = words.split(" ", 1)[0]
    shown = f"{code} {enhanced}" if enhanced.count(".") == 2 else str(code)
    if code == 421:
        return Unavailable("the mail server closes: 421")
    if 400 <= code < 500:
        return TryLater(f"the mail server asks to try later: {shown}")
    return Refused(f"the mail server refuses: {shown}")


def _words(error: Exception) -> str:
    """Return what went wrong without the server's own words, which may name an address."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{type(error).__name__} {error.smtp_code}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
