"""Who calls the API: a bearer key, whom it speaks for, and which rights that carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Header, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AfterValidator

from cases.casework import Casework
from complaints.acting import Actor
from complaints.errors import Refusal
from complaints.roles import Right, Role, demand
from desk.desk import Counter, CounterOf
from desk.office import same_site
from desk.sessions import COOKIE, is_genuine
from desk.words import is_keepable
from store.access import Actor as KeyHolder

LANGUAGES = ("en", "zh")
CSRF_HEADER = "X-CSRF-Token"
"""Holds what the forms of the desk hold, when a page of ours calls."""

bearer = HTTPBearer(
    auto_error=False, description="A key made with `amends keys add --role R NAME`; it carries a role."
)


class NoAccess(Refusal):
    """No key, or none that opens anything now."""

    code = "no-access"

    def __init__(self) -> None:
        super().__init__("send a live key as 'Authorization: Bearer …' (amends keys add --role R NAME)")


@dataclass(frozen=True, slots=True)
class Caller:
    """`who` acts; `key` is the `Idempotency-Key` of this call, `language` that of names and explanations."""

    casework: Casework
    who: Actor
    language: str
    key: str | None

    def demand(self, right: Right) -> None:
        """`NotAllowed` unless the caller's role carries the right."""
        demand(Role(self.who.role), right)


def _one_line(text: str) -> str:
    if not is_keepable(text) or not text.strip():
        raise ValueError("must be 1 to 200 visible characters")
    return text


IdempotencyKey = Annotated[
    str | None,
    Header(
        max_length=200,
        description="Any text that is new for each call (a UUID). Sending the same call again with the same key "
        "within 24 hours does nothing and gets the same answer; another body under it gets 422.",
    ),
]
Language = Annotated[
    str | None,
    Query(
        pattern="^(en|zh)$", description="Language of names and explanations; else `Accept-Language` decides."
    ),
]
AcceptLanguage = Annotated[str, Header(include_in_schema=False)]


def _signed_in(request: Request, counter: Counter) -> KeyHolder | None:
    """Whoever is signed in at the desk. A call that changes something must bring the session's token as well: the
    cookie alone comes with a request of any page.
    """
    session = counter.sessions.read(request.cookies.get(COOKIE))
    if session is None:
        return None
    reads = request.method in ("GET", "HEAD")
    token = request.headers.get(CSRF_HEADER, "")
    return session.who if reads or (same_site(request) and is_genuine(session, token)) else None


def _caller(
    request: Request,
    counter: CounterOf,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    language: Language = None,
    accept_language: AcceptLanguage = "en",
    idempotency_key: Annotated[
        IdempotencyKey, AfterValidator(lambda k: k if k is None else _one_line(k))
    ] = None,
) -> Caller:
    """`NoAccess` for no key, a wrong one, and one that is over."""
    given = credentials.credentials if credentials is not None else None
    holder = counter.access.who(given) if given is not None else _signed_in(request, counter)
    if holder is None:
        raise NoAccess
    spoken = language or ("zh" if accept_language.strip().lower().startswith("zh") else "en")
    return Caller(
        counter.casework, Actor(holder.staff or holder.name, holder.role.value), spoken, idempotency_key
    )


CallerOf = Annotated[Caller, Depends(_caller)]
