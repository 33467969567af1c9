"""What a figure counts, before it is counted: one row a unit, with its group and what it adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Label,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
    literal,
    literal_column,
    null,
    select,
    true,
)
from sqlalchemy import Case as Choice
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from store.queries.figures.period import Period
from store.queries.figures.result import Dimension
from store.queries.figures.seconds import EpochSeconds, Expression, seconds_between
from store.tables import Case

COMPLAINTS = col(Case.kind) == "complaint"
"""Improvement actions are cases too, and in no figure of complaints."""
LIVED_HERE = col(Case.imported).is_(False)
"""Of what was imported nobody knows who worked on it, who stood above them, and when it was written down."""
OUT_OF_RATES = ("merged", "void")
APART = "withdrawn"

COMMON: Mapping[Dimension, Expression] = {
    Dimension.CATEGORY: col(Case.category),
    Dimension.CHANNEL: col(Case.channel),
    Dimension.DEPARTMENT: col(Case.department),
    Dimension.REGION: col(Case.region),
    Dimension.PRODUCT: col(Case.product),
    Dimension.TIER: col(Case.tier),
    Dimension.URGENCY: col(Case.urgency),
    Dimension.CUSTOMER_GROUP: col(Case.value),
    Dimension.HANDLER: col(Case.owner),
}
"""Where the groups come from, unless a figure says otherwise (who was rated, who was offered the work)."""
YES: ColumnElement[int] = literal_column("1", Integer())
NO: ColumnElement[int] = literal_column("0", Integer())


@dataclass(frozen=True, slots=True)
class Units:
    """Rows of `cases` with what is joined to them, under the conditions of a cohort.

    A share adds `adds` for each unit that `counts`; a duration lasts from `begun` to `ended`. With `together`
    the durations of one complaint and group are one sum. `gross`: every complaint, whatever became of it.
    Figures of the same `where` and `joins` are counted from one reading; what of it is theirs alone is `among`.
    """

    where: Sequence[ColumnElement[bool]]
    joins: Sequence[tuple[Any, ColumnElement[bool]]] = ()
    among: ColumnElement[bool] = field(default_factory=true)
    counts: ColumnElement[bool] = field(default_factory=true)
    adds: Expression = YES
    weighs: Expression = YES
    """What a unit that counts adds to the denominator: one drawn from many stands for them."""
    begun: Expression | None = None
    ended: Expression | None = None
    pending: ColumnElement[bool] | None = None
    own: Mapping[Dimension, Expression] = field(default_factory=dict)
    together: bool = False
    gross: bool = False
    at: Expression | None = None
    """Of cohort E: when it happened."""

    def measured(self) -> Units:
        """The same units, of which those with a duration count."""
        if self.begun is None or self.ended is None:
            return self
        return replace(self, counts=and_(self.begun.is_not(None), self.ended.is_not(None)))


def received_in(period: Period) -> ColumnElement[bool]:
    """Cohort R."""
    return and_(col(Case.received_at) >= period.start, col(Case.received_at) < period.end)


def closed_in(period: Period) -> Sequence[ColumnElement[bool]]:
    """Cohort C, with what was withdrawn in the period beside it."""
    return (
        col(Case.closed_at) >= period.start,
        col(Case.closed_at) < period.end,
        is_so(col(Case.status).in_(("closed", APART))),  # of all cases most are closed: not by that index
    )


def within(at: Expression, period: Period) -> ColumnElement[bool]:
    """Cohort E: it happened in the period."""
    return and_(at >= period.start, at < period.end)


def place_of(at: Expression, months: Sequence[Period]) -> Expression:
    """The place of the month in which it happened, as text; null for a time between them and after the last.

    For what happened since the first of these months, which follow each other in time: each is told by its end alone.
    """
    told: list[tuple[ColumnElement[bool], ColumnElement[str | None]]] = []
    before: Period | None = None
    for place, month in enumerate(months):
        if before is not None and before.end < month.start:
            told.append((at < month.start, cast(null(), String)))
        told.append((at < month.end, literal(str(place))))
        before = month
    return case(*told)


def number(condition: Expression) -> ColumnElement[int]:
    """1 where the condition holds, else 0; null counts as not."""
    return case((condition, YES), else_=NO)


def there_is(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such a row, looked up for each that asks.

    PostgreSQL would else read the whole table and keep what it asks for at hand, of which a month asks little: a
    subquery with an offset it takes as it is.
    """
    return select(YES).where(*where).offset(NO).exists()


def is_flag(expression: Expression) -> bool:
    """Whether it is 0 or 1 in every row, as what `number` makes."""
    if isinstance(expression, Choice):
        results = [result for _, result in expression.whens]
        return len(results) == 1 and results[0] is YES and expression.else_ is NO
    return expression is YES or expression is NO


class is_so(FunctionElement[bool]):
    """The condition, for which SQLite shall use no index: it holds of nearly every row.

    PostgreSQL knows that from its statistics, and would guess wrong what such a disguise lets through.
    """

    type = Boolean()
    inherit_cache = True
    name = "is_so"


@compiles(is_so, "sqlite")
def _disguised(element: is_so, compiler: SQLCompiler, **options: Any) -> str:
    return f"(CASE WHEN {compiler.process(element.clauses, **options)} THEN 1 ELSE 0 END = 1)"


@compiles(is_so, "postgresql")
def _plain(element: is_so, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)})"


def group_of(units: Units, by: Dimension) -> Expression:
    """The group of a unit in the dimension."""
    return units.own[by] if by in units.own else COMMON[by]


def apart(units: Units) -> Expression:
    """1 for a unit that is shown beside the others."""
    return NO if units.gross else number(col(Case.status) == APART)


def pending(units: Units) -> ColumnElement[int]:
    """1 for a unit that is not decided yet."""
    if units.pending is not None or units.ended is None:
        return number(false() if units.pending is None else units.pending)
    return number(and_(col(Case.closed_at).is_(None), EpochSeconds(units.ended).is_(None)))


def reading(columns: Iterable[Label[Any]], units: Units) -> Select[Any]:
    """Reads the columns of the cohort, `among` it or not."""
    statement: Select[Any] = select(*columns).select_from(Case)
    for target, condition in units.joins:
        statement = statement.join(target, condition)
    statement = statement.where(COMPLAINTS)
    if not units.gross:
        statement = statement.where(col(Case.status).not_in(OUT_OF_RATES))
    return statement.where(*units.where)


def rows_of(units: Units, by: Dimension | None) -> Subquery:
    """The units of one figure as rows: key, ref, apart, counted, adds, pending, and of one that lasts its seconds."""
    lasting = []
    if units.begun is not None and units.ended is not None:
        lasting.append(named("seconds", seconds_between(units.begun, units.ended)))
    columns = (
        named("key", cast(null(), String) if by is None else group_of(units, by)),
        named("ref", col(Case.ref)),
        named("apart", apart(units)),
        named("counted", number(units.counts)),
        named("adds", units.adds),
        named("pending", pending(units)),
        *lasting,
    )
    found = reading(columns, units)
    return found.where(is_so(units.among)).subquery("units")


def named(name: str, expression: Expression) -> Label[Any]:
    return Label(name, expression)
