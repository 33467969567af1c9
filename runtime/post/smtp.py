"""Mail by SMTP."""

from __future__ import annotations

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from runtime.post.mail import message
from runtime.post.transport import Parcel, TryLater, Undeliverable

TIMEOUT_SECONDS = 20.0
"""For each answer of the server; the lease of a letter is longer than what sending one may take."""
PORTS = {"smtp": 25, "smtps": 465}


class Smtp:
    """`smtp://[USER:PASSWORD@]HOST[:PORT]` (STARTTLS when offered, and always before a password) or `smtps://…`.

    A connection for each letter: it holds nothing between letters that could go stale or be shared.
    """

    address = "email"

    def __init__(
        self, url: str, *, sender: str, reply_to: str | None = None, trust: ssl.SSLContext | None = None
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname:
            raise ValueError("a mail server is smtp://HOST:PORT or smtps://HOST:PORT")
        self._secure, self._host = parts.scheme == "smtps", parts.hostname
        self._port = parts.port or PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender, self._reply_to = sender, reply_to or sender
        self._trust = trust or ssl.create_default_context()

    def send(self, parcel: Parcel) -> None:
        mail = message(parcel, sender=self._sender, reply_to=self._reply_to)
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise _refused("the server refused the address", codes) from error
        except smtplib.SMTPResponseException as error:
            raise _refused("the server refused the letter", [error.smtp_code]) from error
        except smtplib.SMTPNotSupportedError as error:
            raise Undeliverable("the server takes no such address or no password") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TryLater(f"the mail server cannot be reached: {type(error).__name__}") from error

    def _connected(self) -> smtplib.SMTP:
        if self._secure:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_SECONDS, context=self._trust
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            server.ehlo_or_helo_if_needed()
            if not self._secure and server.has_extn("starttls"):
                server.starttls(context=self._trust)
                server.ehlo()
                secured = True
            else:
                secured = self._secure
            if self._user and not secured:
                raise TryLater("the mail server offers no encryption, and a password needs it")
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server


def _refused(what: str, codes: list[int]) -> Undeliverable | TryLater:
    """RFC 5321: 5xx is for good, 4xx for now. A refused password (535) is ours to mend, so the letter waits."""
    shown = ", ".join(map(str, codes))
    for_good = all(500 <= code < 600 and code not in (530, 534, 535, 538) for code in codes)
    return Undeliverable(f"{what} ({shown})") if for_good else TryLater(f"{what} ({shown})")
