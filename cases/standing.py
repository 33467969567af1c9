"""How a case stands, in words fit for everybody's eyes: ids, enums and times only."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import Session, col, select

from store.tables import Case, ClockRow, History, Improvement, Incident, WorkItem

SHOWN_LINES = 30
"""Newest lines of the timeline in the artifact."""
TOLD = frozenset({
    "received", "graded", "offered", "confirmed", "declined", "expired", "assigned", "answered", "granted",
    "scored", "closed", "withdrawn", "voided", "migrated", "cycle_begun", "timer_fired", "incident_opened",
    "incident_closed", "re_entered", "promise_moved", "promise_kept", "promise_broken", "owner_changed", "acted",
    "stood_in", "reassigned",
    "improvement_opened", "improvement_agreed", "improvement_done", "effect_recorded", "improvement_reopened",
    "improvement_closed",
})  # fmt: skip
SHOWN = frozenset({
    "item", "person", "tier", "score", "outcome", "level", "clock", "kind", "action", "decision", "effect",
    "round", "reason",
})  # fmt: skip


def title(case: Case) -> str:
    """Name of the run: ref, tier, category; of an improvement action ref and round."""
    if case.kind == "improvement":
        return f"{case.ref} · improvement · round {case.cycle}"
    return " · ".join(part for part in (case.ref, case.tier, case.category) if part)


def tags(case: Case) -> tuple[str, ...]:
    """`tier: channel: department:` for the filters of the Prefect UI."""
    pairs = (
        ("kind", case.kind if case.kind != "complaint" else None),
        ("tier", case.tier),
        ("channel", case.channel),
        ("department", case.department),
    )
    return tuple(f"{name}:{value}" for name, value in pairs if value)


def artifact(session: Session, case: Case, incident: Incident | None, desk: str) -> str:
    """Markdown for the case's artifact. `desk` is the address of the desk."""
    lines = [
        f"# {case.ref}", "",
        f"**{case.status}** · {_described(session, case)} · department {case.department or '–'} · "
        f"owner {case.owner or '–'}", "",
    ]  # fmt: skip
    if incident is not None:
        lines += [
            f"> **Incident** since {_at(incident.opened_at)}, with {incident.owner or 'ops'}: {incident.reason}",
            "",
        ]
    if case.waiting:
        lines += ["## Waits for", *(f"- {text}" for text in case.waiting), ""]
    if case.outcome or case.reason:
        lines += [f"Ended: {case.outcome or case.status}, {case.reason or ''}", ""]
    clocks = session.exec(
        select(ClockRow).where(ClockRow.case_id == case.id).order_by(col(ClockRow.id))
    ).all()
    lines += ["## Clocks", "| clock | of | started | due | stopped |", "|---|---|---|---|---|"]
    lines += [
        f"| {c.name} | {c.key or 'case'} | {_at(c.started_at)} | {_at(c.due_at) if c.due_at else 'paused'} | "
        f"{'cancelled' if c.cancelled else _at(c.stopped_at) if c.stopped_at else ''} |"
        for c in clocks
    ]  # fmt: skip
    items = session.exec(select(WorkItem).where(WorkItem.case_id == case.id).order_by(col(WorkItem.id))).all()
    if items:
        lines += [
            "",
            "## Work",
            "| item | kind | cycle | department | person | status |",
            "|---|---|---|---|---|---|",
        ]
        lines += [
            f"| {i.id} | {i.kind} | {i.cycle} | {i.department or ''} | {i.assignee or ''} | {i.status} |"
            for i in items
        ]
    query = select(History).where(History.case_id == case.id, col(History.what).in_(TOLD))
    told = session.exec(query.order_by(col(History.seq).desc()).limit(SHOWN_LINES)).all()
    lines += [
        "",
        "## Timeline",
        *(f"- {_at(h.at)} {h.what} ({h.actor}) {_short(h)}".rstrip() for h in reversed(told)),
    ]
    return "\n".join([*lines, "", f"[Open in the desk]({desk}/api/v1/{case.kind}s/{case.ref})"])


def _described(session: Session, case: Case) -> str:
    if case.kind == "complaint":
        return f"tier {case.tier or '–'} · {case.category or '–'} · cycle {case.cycle}"
    action = session.get(Improvement, case.id)
    assert action is not None, "written with the action"
    figure = f"{action.figure} {action.expected_percent:+d} %" if action.figure else "judged by a person"
    return f"improvement action · {figure} · due {_at(action.due_at)} · round {case.cycle}"


def _at(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _short(line: History) -> str:
    shown = {
        k: v
        for k, v in line.data.items()
        if k in ("item", "person", "tier", "score", "outcome", "level", "clock", "kind", "action", "decision")
    }
    return ", ".join(f"{k} {v}" for k, v in shown.items() if v not in (None, ""))
