"""What the API answers, as integrators read it. Views are plain values already; these describe, a test compares."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

MinorUnits = Annotated[int | None, Field(description="In minor units: 12950 is 129.50.")]
Instant = Annotated[datetime | None, Field(description="ISO 8601, UTC.")]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Clock(Shape):
    name: str
    cycle: int
    work_item: Annotated[int | None, Field(description="The item it belongs to: confirm, deliver, duty.")]
    started_at: datetime
    due_at: Annotated[datetime | None, Field(description="Null while paused.")]
    stopped_at: Instant
    state: Literal["running", "paused", "met", "breached", "cancelled"]
    calendar: Annotated[str, Field(description="Whose working time it counts.")]
    extensions: int
    why: Annotated[str, Field(description="A sentence that explains the due time.")]


class WorkItem(Shape):
    id: int
    kind: str
    name: Annotated[str, Field(description="What people call it, in the asked language.")]
    department: str | None
    duty: str | None
    about: Annotated[int | None, Field(description="The item this one is about: an approval, a takeover.")]
    assignee: str | None
    cycle: int
    status: Literal["waiting", "offered", "confirmed", "declined", "expired", "done", "waived", "cancelled"]
    actions: Annotated[list[str], Field(description="What would take it further now.")]
    what: str | None
    remedy: str | None
    amount: MinorUnits
    offered_at: Instant
    confirmed_at: Instant
    due_at: Instant
    finished_at: Instant


class ListedWork(WorkItem):
    ref: str
    tier: str | None
    complaint_status: str


class Message(Shape):
    key: str
    direction: Literal["in", "out"]
    kind: str
    audience: Literal["customer", "staff"]
    channel: str
    to: Annotated[str | None, Field(description="Masked address of the customer, or a staff id.")]
    state: str
    subject: str
    body: str
    created_at: datetime
    delivered_at: Instant
    links: dict[str, str]


class Survey(Shape):
    cycle: int
    sent_at: Instant
    expires_at: Instant
    answered_at: Instant
    score: int | None
    attitude: int | None
    nps: int | None
    leave: Annotated[bool, Field(description="At a low score: the customer leaves it at that.")]
    corrected: bool
    comment: str | None
    state: Literal["planned", "sent", "answered", "frozen", "expired", "void"]


class Promise(Shape):
    what: str
    told_at: datetime
    due_at: datetime
    state: Literal["open", "kept", "moved", "broken"]


class Option(Shape):
    position: int
    text: str
    remedy: str | None
    amount: MinorUnits
    recommended: bool
    costs_customer: bool
    chosen_at: Instant


class Decision(Shape):
    cycle: int
    decision: Literal["upheld", "partly", "not_upheld"]
    by: str
    at: datetime
    approved_by: str | None
    sent_at: Instant
    options: list[Option]


class Note(Shape):
    kind: str
    work_item: int | None
    cycle: int
    by: str
    at: datetime
    text: str


class Incident(Shape):
    id: int
    kind: str
    reason: str
    owner: str | None
    opened_at: datetime
    closed_at: Instant
    closed_by: str | None


class Line(Shape):
    """One line of the history; `hash` chains it to the line before."""

    seq: int
    at: datetime
    what: str
    process: str
    element: str
    actor: str
    data: dict[str, Any]
    hash: str


class Element(Shape):
    process: str
    element: str
    name: Annotated[str, Field(description="As drawn.")]
    state: Literal["active", "passed"]
    times: Annotated[int, Field(description="How often the complaint came there.")]
    entered_at: Annotated[datetime, Field(description="The last time.")]


class Process(Shape):
    key: str
    version: Annotated[str, Field(description="Of the bundle of definitions the complaint runs on.")]
    elements: list[Element]


class About(Shape):
    order_id: str | None
    product: str | None
    region: str | None
    wants: str | None
    amount: MinorUnits


class Customer(Shape):
    name: str | None
    phone: Annotated[str | None, Field(description="Masked.")]
    email: Annotated[str | None, Field(description="Masked.")]
    value: Literal["standard", "high"]
    repeats: Annotated[int, Field(description="Which complaint of this customer within 90 days it is.")]


class Facts(Shape):
    ref: str
    status: str
    tier: Literal["light", "medium", "severe"] | None
    category: str | None
    department: str | None
    urgency: str | None
    impact: str | None
    sentiment: str | None
    cycle: Annotated[int, Field(description="Grows when a low score takes the complaint up again.")]
    channel: str
    owner: Annotated[str | None, Field(description="The one person who answers for it now.")]
    language: str
    outcome: Annotated[
        str | None, Field(description="Of a closed one: accepted, accepted_low, unanswered, final.")
    ]
    decision: str | None
    reason: Annotated[str | None, Field(description="Why it ended.")]
    provisional: Annotated[bool, Field(description="The grade waits for a person's confirmation.")]
    hold: Annotated[bool, Field(description="Under a legal hold.")]
    merged_into: Annotated[str | None, Field(description="The complaint that leads.")]
    follows: Annotated[str | None, Field(description="The complaint whose answer this one waits for.")]
    received_at: datetime
    occurred_at: datetime
    closed_at: Instant
    erased_at: Annotated[datetime | None, Field(description="When what the customer wrote was taken out.")]
    next_due_at: Annotated[datetime | None, Field(description="When something happens by itself.")]
    waiting_for: list[str]
    prefect_flow_run_id: str | None
    score: Annotated[int | None, Field(description="The last one given.")]


class Share(Shape):
    numerator: int
    denominator: int
    value: Annotated[float | None, Field(description="0 to 1; null over nothing.")]
    target: float


class Round(Shape):
    """One round of an improvement action, from agreed to its effect."""

    round: int
    owner: str
    agreed_by: str
    agreed_at: datetime
    due_at: datetime
    done_at: Instant
    measured: Annotated[float | None, Field(description="The figure over the 30 days since; null for n/a.")]
    measured_n: int
    checked_at: Instant
    effect: Literal["proven", "failed", "unclear"] | None
    ended: Annotated[str | None, Field(description="Why another round followed: no_effect, cause_returned.")]


class ListedImprovement(Shape):
    ref: str
    status: Literal["proposed", "agreed", "checking", "proven", "closed"]
    outcome: Annotated[str | None, Field(description="Of a closed one: proven, dropped.")]
    round: int
    title: str
    origin: Literal["finding", "person", "withdrawal"]
    finding: str | None
    source: Annotated[str | None, Field(description="The complaint it came out of.")]
    owner: str
    department: str | None
    due_at: datetime
    overdue: bool
    figure: str | None
    dimension: str | None
    group: str | None
    expected_percent: int | None
    baseline: Annotated[float | None, Field(description="The figure over the 30 days before it was opened.")]
    baseline_n: int
    opened_by: str
    opened_at: datetime
    proven_at: Instant
    closed_at: Instant
    next_due_at: Instant
    waiting_for: list[str]
    prefect_flow_run_id: str | None


class ImprovementView(ListedImprovement):
    """One improvement action, whole."""

    what: str
    rounds: list[Round]
    work_items: list[WorkItem]
    notes: list[Note]
    incidents: list[Incident]
    history: list[Line]
    process: Process


class ImprovementPage(Shape):
    items: list[ListedImprovement]
    next: Annotated[str | None, Field(description="Hand in as `after`; null on the last page.")]
    rectification: Annotated[Share, Field(description="Actions proven, of all that were not dropped.")]
    on_time: Annotated[Share, Field(description="Rounds done in time, of those due or done.")]


class DrawnKind(Shape):
    kind: str
    seed: Annotated[str, Field(description="Who has it draws the same again.")]
    population: int
    drawn: int
    again: Annotated[bool, Field(description="It had been drawn before; nothing was done.")]


class CheckView(Shape):
    id: int
    ref: str
    kind: Literal["retrospective", "quality", "accuracy"]
    month: str
    assignee: str
    drawn_at: datetime
    due_at: datetime
    done_at: Instant
    done_by: str | None
    deviation: bool | None
    steps_required: int | None
    steps_covered: int | None
    tier: Annotated[str | None, Field(description="The tier that the rubric gives.")]
    graded_tier: Annotated[str | None, Field(description="As first graded; told once the check is recorded.")]
    stands_for: int
    late: bool


class CheckPage(Shape):
    items: list[CheckView]
    next: Annotated[int | None, Field(description="Hand in as `after`; null on the last page.")]


class ListedComplaint(Facts):
    open_incidents: int


class ComplaintView(Facts):
    """One complaint, whole."""

    members: Annotated[list[str], Field(description="Open complaints of a mass matter that follow this one.")]
    text: Annotated[str, Field(description="The complaint in the customer's words.")]
    about: About
    customer: Customer
    clocks: list[Clock]
    work_items: list[WorkItem]
    messages: list[Message]
    surveys: list[Survey]
    promises: list[Promise]
    decisions: list[Decision]
    notes: list[Note]
    incidents: list[Incident]
    history: list[Line]
    process: Process


class ComplaintPage(Shape):
    items: list[ListedComplaint]
    next: Annotated[str | None, Field(description="Hand in as `after`; null on the last page.")]


class WorkPage(Shape):
    items: list[ListedWork]
    next: Annotated[int | None, Field(description="Hand in as `after`; null on the last page.")]


class KeptAction(Shape):
    """An action that came while its complaint was at fault, and counts from when it came."""

    ref: str
    work_item: int
    action: Literal["confirm", "done", "approve"]
    kept_at: datetime
    detail: Annotated[str, Field(description="For people: there is nothing more to do.")]


class FieldProblem(BaseModel):
    field: str
    detail: str


class Problem(BaseModel):
    """RFC 9457 problem details; `code` names the situation for machines."""

    type: str
    title: str
    status: int
    detail: Annotated[str, Field(description="Cause and cure, for people.")]
    code: str
    errors: Annotated[list[FieldProblem] | None, Field(description="Of 422: each wrong field.")] = None


def _problem(description: str) -> dict[str, Any]:
    return {"model": Problem, "description": description}


READS: dict[int | str, dict[str, Any]] = {
    401: _problem("No live key was sent."),
    404: _problem("There is none, or none that the caller may see."),
    422: _problem("A parameter cannot be used; `errors` names it."),
}
ACTS: dict[int | str, dict[str, Any]] = {
    **READS,
    403: _problem("It is somebody else's to do: the item is not yours, or four eyes are needed."),
    409: _problem("The state does not allow it (any more); `detail` says why."),
    413: _problem("The body is too large."),
    422: _problem(
        "A field cannot be used, or the `Idempotency-Key` came with another request; `errors` names it."
    ),
    503: _problem(
        "The complaint is at fault, the store does not answer, or no definitions are published; nothing was changed. "
        "See `Retry-After`."
    ),
}
KEEPS: dict[int | str, dict[str, Any]] = {
    **ACTS,
    202: {
        "model": KeptAction,
        "description": "The complaint is at fault: the action is kept and counts from now.",
    },
}
