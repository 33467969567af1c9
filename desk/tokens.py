"""Addresses for customers: who holds the link is let in to one page of one complaint, for as long as it lasts.

A token is the signed (reference, cycle); the purpose is part of the signature, so a link to the survey opens
nothing else. It holds no time of its own: a letter that is written twice holds the same link. Whether it has
run out follows from the case, in process time (`over_at`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from itsdangerous import BadData, URLSafeSerializer

from complaints.errors import Refusal
from store.tables import Case

PAGES: Mapping[str, str] = {"track": "t", "answer": "t", "survey": "s", "nps": "s", "options": "o"}
"""Purpose to page. The answer is read, and judged, on the page of the progress."""
OF_THE_CASE = 0
"""In place of a cycle: what is asked once, after all of them."""
LIFETIMES: Mapping[str, timedelta] = {
    "t": timedelta(days=400), "s": timedelta(days=8), "o": timedelta(days=30),
}  # fmt: skip
LONGEST = 400
"""Characters of a token at most; a longer one is none of ours."""
_NONCE_DIGITS = 32


class BadToken(Refusal):
    """No link of ours, or cut short on the way."""

    code = "not-found"

    def __init__(self) -> None:
        super().__init__("there is no page at this address: open the link in our message whole")


@dataclass(frozen=True, slots=True)
class Pass:
    """What a genuine token lets in to."""

    page: str
    ref: str
    cycle: int


class Tokens:
    """Makes and reads links. `secret` is the installation's secret `links`, `public_url` has no slash at its end."""

    def __init__(self, secret: bytes, public_url: str) -> None:
        self._secret, self._public_url = secret, public_url
        self._signers = {
            page: URLSafeSerializer(
                secret, salt=f"amends/{page}",
                signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
            )
            for page in LIFETIMES
        }  # fmt: skip

    def links(self, case: Case, purpose: str) -> Mapping[str, str]:
        """The page for a purpose (`PAGES`), by the purpose's name; the same for the same case and cycle."""
        page, cycle = PAGES[purpose], OF_THE_CASE if purpose == "nps" else case.cycle
        return {purpose: f"{self._public_url}/{page}/{self.token(page, case.ref, cycle)}"}

    def token(self, page: str, ref: str, cycle: int) -> str:
        """The progress belongs to the case, whatever its cycle; survey and options to one cycle."""
        token = self._signers[page].dumps([ref, cycle if page != "t" else OF_THE_CASE])
        return token if isinstance(token, str) else token.decode()

    def read(self, page: str, token: str) -> Pass:
        """`BadToken` unless we signed it for this page."""
        if len(token) > LONGEST:
            raise BadToken
        try:
            content = self._signers[page].loads(token)
        except BadData as error:
            raise BadToken from error
        match content:
            case [str(ref), int(cycle)]:
                return Pass(page, ref, cycle)
        raise BadToken

    def nonce(self, given: Pass) -> str:
        """For one form of one page: what a POST must bring back, and may bring back once."""
        chance = secrets.token_urlsafe(16)
        return f"{chance}.{self._nonce_mac(given, chance)}"

    def is_genuine(self, nonce: str, given: Pass) -> bool:
        """Did we put this nonce on that page?"""
        chance, _, mac = nonce.partition(".")
        return hmac.compare_digest(self._nonce_mac(given, chance).encode(), mac.encode())

    def _nonce_mac(self, given: Pass, chance: str) -> str:
        signed = f"amends/nonce\0{given.page}\0{given.ref}\0{given.cycle}\0{chance}"
        return hmac.new(self._secret, signed.encode(), hashlib.sha256).hexdigest()[:_NONCE_DIGITS]


def over_at(page: str, since: datetime) -> datetime:
    """When a link of a page runs out that counts from `since`."""
    return since + LIFETIMES[page]
