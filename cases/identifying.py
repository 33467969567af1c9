"""One customer across channels: found by what channels know them by, or written anew; many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import bindparam, case, func, insert, select, tuple_, update
from sqlmodel import Session, SQLModel

from store.erasers import KINDS, sorted_keys

Key = tuple[str, str]
"""Kind and value, as the table has it."""

CUSTOMERS = SQLModel.metadata.tables["customers"]
KEYS = SQLModel.metadata.tables["customer_keys"]
# Locked, so that an erasure either sees this complaint or has taken the key away before; in the order in which
# everybody locks them (`store.erasers.sorted_keys`), so that no two wait for each other.
KNOWN = (
    select(KEYS.c.kind, KEYS.c.value, KEYS.c.customer_id)
    .where(tuple_(KEYS.c.kind, KEYS.c.value).in_(bindparam("asked", expanding=True)))
    .order_by(
        case({kind: n for n, kind in enumerate(KINDS)}, value=KEYS.c.kind, else_=len(KINDS)), KEYS.c.value
    )
    .with_for_update()
)
NEW = insert(CUSTOMERS)
LEARN = insert(KEYS)
RENEW = (
    update(CUSTOMERS)
    .where(CUSTOMERS.c.id == bindparam("of"))
    .values(
        {name: func.coalesce(bindparam(f"new_{name}", type_=CUSTOMERS.c[name].type), CUSTOMERS.c[name])
         for name in ("name", "phone", "email")}
        | {name: bindparam(f"new_{name}", type_=CUSTOMERS.c[name].type) for name in ("value", "language")}
    )
)  # fmt: skip
"""What a customer says anew replaces what was known; what they leave out stays."""


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complains, as the channel knows them. At least one of `id`, `phone`, `email` finds them again."""

    id: str | None = None
    name: str | None = None
    phone: str | None = None
    email: str | None = None
    value: str = "standard"
    language: str = "zh"

    @property
    def keys(self) -> tuple[Key, ...]:
        """What finds them again, the surest first."""
        given = (("id", self.id), ("phone", self.phone), ("email", self.email))
        return tuple((kind, value.strip().lower()) for kind, value in given if value and value.strip())


def identify(session: Session, given: Sequence[Complainant], now: datetime) -> list[str]:
    """The id of each customer: the first known key wins, and the keys given now are learnt.

    No two of them may have a key in common.
    """
    connection = session.connection()
    asked = sorted_keys({key for one in given for key in one.keys})
    known: dict[Key, str] = {}
    if asked:
        rows = connection.execute(KNOWN, {"asked": asked}).all()
        known = {(kind, value): customer_id for kind, value, customer_id in rows}
    found, new, renewed = [], [], []
    learnt: dict[Key, str] = {}
    for one in given:
        customer_id = next((known[key] for key in one.keys if key in known), None)
        if customer_id is None:
            customer_id = str(uuid4())
            new.append({
                "id": customer_id, "name": one.name or None, "phone": one.phone or None,
                "email": one.email or None, "value": one.value, "language": one.language, "created_at": now,
            })  # fmt: skip
        else:
            renewed.append({
                "of": customer_id, "new_name": one.name or None, "new_phone": one.phone or None,
                "new_email": one.email or None, "new_value": one.value, "new_language": one.language,
            })  # fmt: skip
        learnt |= {key: customer_id for key in one.keys if key not in known}
        found.append(customer_id)
    if new:
        connection.execute(NEW, new)
    if renewed:
        connection.execute(RENEW, renewed)
    if learnt:
        in_order = ((key, learnt[key]) for key in sorted_keys(learnt))
        rows_learnt = [{"kind": k, "value": v, "customer_id": of} for (k, v), of in in_order]
        connection.execute(LEARN, rows_learnt)
    return found
