"""Alarms to operations by whatever Apprise knows: chat rooms, pagers, phones."""

from __future__ import annotations

from collections.abc import Iterable

import apprise

from runtime.post.transport import Parcel, TryLater


class Apprise:
    """Tells every address at once. When one of several fails the whole is tried again: better twice than never."""

    address = ""

    def __init__(self, urls: Iterable[str]) -> None:
        self._targets = apprise.Apprise()
        for position, url in enumerate(urls, start=1):
            if not self._targets.add(url):
                raise ValueError(f"address {position} of AMENDS_APPRISE_URLS is none that Apprise knows")

    def send(self, parcel: Parcel) -> None:
        told = self._targets.notify(
            title=" ".join(parcel.subject.split()), body=parcel.body, body_format=apprise.NotifyFormat.TEXT
        )
        if not told:
            raise TryLater("one of the addresses for alarms did not take it")
