"""Routes that take no body over a bound, decided before a byte of it is kept."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute

from complaints.errors import Refusal

LARGEST_BODY = 64 * 1024
"""Bytes: four texts of the longest kind in the most wasteful encoding fit."""


class TooLarge(Refusal):
    code = "too-large"

    def __init__(self) -> None:
        super().__init__(
            f"the body is over {LARGEST_BODY:,} bytes, or does not say its length: shorten it, "
            "and send Content-Length"
        )


class BoundedRoute(APIRoute):
    """Refuses a body that announces more than the bound, or nothing; servers hold senders to what they announce."""

    methods_with_body: ClassVar[frozenset[str]] = frozenset({"POST", "PUT", "PATCH"})

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            if request.method in self.methods_with_body:
                length = request.headers.get("content-length", "")
                chunked = "transfer-encoding" in request.headers
                if chunked or (length and (not length.isdigit() or int(length) > LARGEST_BODY)):
                    raise TooLarge
            return await handle(request)

        return bounded
