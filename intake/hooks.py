"""`POST /hooks/{channel}`: the signed front door of every channel (Standard Webhooks)."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from cases.casework import Casework
from complaints.problems import MEDIA_TYPE
from intake.body import HookBody, cleaned_fields, parse_body
from intake.errors import TooLarge, UnknownChannel, Unsigned
from intake.lane import Lane
from intake.parse import parse_object
from intake.receiving import Receiver, event_of
from intake.signature import verify, webhook_id
from store.access import Access

MOST_BYTES = 1_048_576

_ANSWERS: dict[int | str, dict[str, object]] = {
    200: {
        "description": "Known already, with the same ref; or sent by a machine and ignored, with ref null."
    },
    202: {"description": "Kept: the ref for life and the customer's page."},
    401: {"description": "Bad, old or missing signature."},
    404: {"description": "Unknown channel."},
    409: {"description": "The key was used for another body. Both are kept."},
    413: {"description": "Over 1 MiB."},
    422: {"description": "Wrong body; `errors` names each field."},
    503: {"description": "The store does not answer, or no definitions are published; see Retry-After."},
}


def router(casework: Casework, access: Access, *, most_bytes: int = MOST_BYTES) -> APIRouter:
    """The door of every channel in the books. Errors leave as `Refusal` or `StoreUnreachable`."""
    door = _Door(casework, access)
    routes = APIRouter(tags=["hooks"])

    @routes.post(
        "/hooks/{channel}",
        status_code=202,
        summary="File what a channel received",
        responses=_documented(),
        openapi_extra={
            "requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}
        },
    )
    async def file_event(channel: str, request: Request) -> JSONResponse:
        door.known(channel)
        body = await _whole(request, most_bytes)
        return await run_in_threadpool(door.take, channel, dict(request.headers), body)

    return routes


class _Door:
    """One request from bytes to answer; synchronous, for a thread."""

    def __init__(self, casework: Casework, access: Access) -> None:
        self._casework, self._access, self._lane = casework, access, Lane(Receiver(casework))

    def known(self, channel: str) -> None:
        known = self._casework.books.channels
        if channel not in known:
            raise UnknownChannel(channel, known)

    def take(self, channel: str, headers: Mapping[str, str], body: bytes) -> JSONResponse:
        self._verify(channel, headers, body)
        value = parse_object(body)
        received = self._lane.receive(event_of(channel, webhook_id(headers), parse_body(value), value))
        answer: dict[str, object] = {"ref": received.ref}
        if received.ref is not None:
            answer["track_url"] = received.track_url
        if received.ignored is not None:
            answer["ignored"] = received.ignored
        if cleaned := cleaned_fields(value):
            answer["cleaned"] = cleaned
        return JSONResponse(answer, status_code=202 if received.new else 200)

    def _verify(self, channel: str, headers: Mapping[str, str], body: bytes) -> None:
        """Against the keys in mind; once more against the store, for a key given out a moment ago."""
        now = self._casework.machine_clock()
        try:
            verify(body, headers, self._access.hook_secrets(channel), now)
        except Unsigned:
            verify(body, headers, self._access.hook_secrets(channel, fresh=True), now)


async def _whole(request: Request, most_bytes: int) -> bytes:
    """The body, refused as soon as it is known to be too large."""
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > most_bytes:
        raise TooLarge(most_bytes)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most_bytes:
            raise TooLarge(most_bytes)
    return bytes(body)


def _documented() -> dict[int | str, dict[str, object]]:
    """Each error as the problem it is."""
    content = {MEDIA_TYPE: {"schema": {"type": "object"}}}
    return {
        status: what | ({"content": content} if int(status) >= 400 else {})
        for status, what in _ANSWERS.items()
    }


def _schema() -> dict[str, object]:
    """The JSON schema of a body, in one piece: an OpenAPI document resolves no references into it."""
    schema = HookBody.model_json_schema()
    customer = schema.pop("$defs")["HookCustomer"]
    schema["properties"]["customer"] = {
        "anyOf": [customer, {"type": "null"}], "description": customer.pop("description"),
    }  # fmt: skip
    return schema
