"""The customers' pages: progress, survey, choice of solution."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from cases.casework import Casework
from desk import options, survey, track
from desk.desk import Desk, handing
from desk.tokens import Tokens


def router(casework: Casework, tokens: Tokens) -> APIRouter:
    """All three pages over one casework."""
    pages = APIRouter(dependencies=[Depends(handing(Desk(casework, tokens)))])
    for part in (track, survey, options):
        pages.include_router(part.routes)
    return pages
