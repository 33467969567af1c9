"""Routes that take no body over a bound, decided before a byte of it is kept, and JSON only as the standard has it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute

from complaints.errors import Refusal
from complaints.problems import FieldError
from complaints.strict_json import UnusableJson, read_json

LARGEST_BODY = 64 * 1024
"""Bytes: four texts of the longest kind in the most wasteful encoding fit."""


class TooLarge(Refusal):
    code = "too-large"

    def __init__(self) -> None:
        super().__init__(
            f"the body is over {LARGEST_BODY:,} bytes, or does not say its length: shorten it, "
            "and send Content-Length"
        )


class WrongBody(Refusal):
    """A field, or the body as a whole, that cannot be used for a reason no type knows."""

    code = "wrong-body"

    def __init__(self, field: str, detail: str) -> None:
        super().__init__("the request cannot be used; see errors")
        self.errors = (FieldError(field, detail),)


class BoundedRoute(APIRoute):
    """Refuses a body that announces more than the bound, or nothing; servers hold senders to what they announce.

    A body that calls itself JSON must be so: FastAPI takes the last of two fields of one name, and NaN.
    """

    methods_with_body: ClassVar[frozenset[str]] = frozenset({"POST", "PUT", "PATCH"})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            if request.method in self.methods_with_body:
                length = request.headers.get("content-length", "")
                chunked = "transfer-encoding" in request.headers
                if chunked or (length and (not length.isdigit() or int(length) > LARGEST_BODY)):
                    raise TooLarge
                if "json" in request.headers.get("content-type", "").lower():
                    await _check_json(request)
            return await handle(request)

        return bounded


async def _check_json(request: Request) -> None:
    """`WrongBody` for what is no JSON. The request keeps the body, so that it is read once."""
    body = await request.body()
    if not body:
        return  # a call that needs none; where one is needed the route says so
    try:
        read_json(body)
    except UnusableJson as error:
        raise WrongBody("body", str(error)) from error
