"""Errors of the web surface as RFC 9457 problems, the same for hooks, API and pages. Never a traceback."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from complaints.errors import ComplaintError, Fault
from complaints.problems import MEDIA_TYPE, RETRY_SECONDS, FieldError, Problem, problem
from complaints.problems import problem_of as problem_of_error
from store.database import StoreUnreachable

log = logging.getLogger(__name__)

_NO_CALL = {
    404: ("not-found", "there is nothing at this address: /docs lists every call"),
    405: ("method-not-allowed", "this address takes another method, see Allow: /docs lists every call"),
}
"""What is answered where no call of ours is."""


def install(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""
    app.add_exception_handler(ComplaintError, _complaint_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(ClientDisconnect, _gone)
    for kind in (StoreUnreachable, OperationalError, InterfaceError, PoolTimeout):
        app.add_exception_handler(kind, _unreachable)
    app.add_exception_handler(Exception, _unexpected)


def answer(found: Problem) -> JSONResponse:
    headers = {"WWW-Authenticate": "Bearer"} if found.status == 401 else {}
    if found.retry_after_seconds is not None:
        headers["Retry-After"] = str(found.retry_after_seconds)
    return JSONResponse(found.body(), status_code=found.status, media_type=MEDIA_TYPE, headers=headers)


def _complaint_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ComplaintError), "registered for nothing else"
    if isinstance(error, Fault):
        log.error("%s %s: %s", request.method, _route(request), error, exc_info=error)
    return answer(problem_of_error(error, tuple(getattr(error, "errors", ()))))


def _validation_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError), "registered for nothing else"
    errors = tuple(
        FieldError(".".join(str(part) for part in one["loc"])[:120], str(one["msg"]))
        for one in error.errors()
    )
    return answer(problem("wrong-body", "the request cannot be used; see errors", errors=errors))


def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException), "registered for nothing else"
    code, detail = _NO_CALL.get(error.status_code, ("refused", str(error.detail)))
    found = answer(problem(code, detail, status=error.status_code))
    found.headers.update(error.headers or {})
    return found


def _unreachable(_request: Request, error: Exception) -> Response:
    log.error("the store does not answer: %s", type(error).__name__)
    detail = f"the store does not answer; nothing was changed, try again in {RETRY_SECONDS} seconds"
    return answer(problem("unreachable", detail))


def _gone(_request: Request, _error: Exception) -> Response:
    """Nobody is left to read it."""
    return Response(status_code=400)


def _unexpected(_request: Request, _error: Exception) -> Response:
    """The server logs the error itself."""
    return answer(problem("fault", "something of ours is wrong; operations will hear of it"))


def _route(request: Request) -> str:
    """The pattern, not the address: customers' links are secrets."""
    return str(getattr(request.scope.get("route"), "path", "an unknown address"))
