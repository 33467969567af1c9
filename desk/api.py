"""`/api/v1`: complaints and work for other systems and for staff, with a bearer key or the session of the desk."""

from __future__ import annotations

from fastapi import APIRouter, Depends

from cases.casework import Casework
from desk import checks_api, codes_api, complaints_api, directing_api, improvements_api, work_api
from desk.codes import ActionCodes
from desk.desk import Counter, handing
from desk.sessions import Sessions
from store.access import Access


def router(casework: Casework, access: Access, codes: ActionCodes, sessions: Sessions) -> APIRouter:
    """The whole API over one casework; `access` knows the keys, `codes` gives out action codes, `sessions` who is
    signed in at the desk."""
    api = APIRouter(
        prefix="/api/v1", dependencies=[Depends(handing(Counter(casework, access, codes, sessions)))]
    )
    for part in (complaints_api, directing_api, work_api, codes_api, improvements_api, checks_api):
        api.include_router(part.routes)
    return api
