"""Which transports the settings ask for."""

from __future__ import annotations

from runtime.post.mailbox import Mailbox
from runtime.post.outbox import Ways
from runtime.post.push import Apprise
from runtime.post.smtp import Smtp
from runtime.post.transport import Transport
from runtime.settings import Settings

MAILBOX = "mailbox"
"""Folder in the home."""


def mailbox(settings: Settings) -> Mailbox:
    return Mailbox(settings.home / MAILBOX, sender=settings.mail_from)


def ways(settings: Settings) -> Ways:
    """Mail by SMTP where a server is set; everything else, and everything by default, into the mailbox folder."""
    by_way: dict[str, Transport] = {}
    if settings.smtp_url:
        by_way["email"] = Smtp(settings.smtp_url, sender=settings.mail_from)
    return Ways(
        mailbox=mailbox(settings),
        by_way=by_way,
        alarms=Apprise(settings.apprise_urls) if settings.apprise_urls else None,
    )
