"""A letter as an internet message: the same key always gives the same Message-ID."""

from __future__ import annotations

import hashlib
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP

from complaints.automatic import OWN_MARK
from runtime.post.transport import Parcel, Undeliverable


def digest(key: str) -> str:
    """A name for a key that is safe in headers and file names."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def message_id(key: str, sender: str) -> str:
    """Receivers that see one id twice show the letter once."""
    return f"<{digest(key)}@{sender.rpartition('@')[2]}>"


def message(parcel: Parcel, *, sender: str, reply_to: str) -> EmailMessage:
    """The message, ready to be sent; `Undeliverable` when the address is none.

    Letters of one complaint form a thread, and the marks keep automatic replies from answering them.
    """
    mail = EmailMessage(policy=SMTP)
    try:
        mail["From"], mail["To"], mail["Reply-To"] = sender, parcel.to, reply_to
        to = mail["To"]
    except (ValueError, IndexError, MessageError) as error:
        raise Undeliverable("the address is no mail address") from error
    if to.defects or len(to.addresses) != 1 or to.addresses[0].addr_spec != parcel.to:
        raise Undeliverable("the address is no mail address")
    mail["Subject"] = " ".join(parcel.subject.split())
    mail["Date"] = parcel.written_at
    mail["Message-ID"] = message_id(parcel.key, sender)
    mail["References"] = message_id(parcel.ref, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail[OWN_MARK.title()] = digest(parcel.key)
    mail.set_content(parcel.body, cte="base64")
    mail["Content-Language"] = parcel.language
    return mail
