"""First tables."""

from __future__ import annotations

from functools import partial

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
required = partial(sa.Column, nullable=False)
optional = partial(sa.Column, nullable=True)

# fmt: off


def upgrade() -> None:
    op.create_table("access_keys",
        required("id", sa.String(20)), required("purpose", sa.String(10)), required("name", sa.String(60)),
        optional("role", sa.String(12)), optional("staff", sa.String(60)), required("created_at", INSTANT),
        optional("expires_at", INSTANT), sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("anchors",
        required("day", sa.String(10)), required("cases", sa.Integer()), required("heads", sa.String(64)),
        required("hash", sa.String(64)), required("at", INSTANT), sa.PrimaryKeyConstraint("day"),
    )
    op.create_table("bundles",
        required("hash", sa.String(64)), required("files", sa.JSON()), required("published_at", INSTANT),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table("channel_counts",
        required("channel", sa.String(40)), required("day", sa.String(10)), required("count", sa.Integer()),
        required("reported_at", INSTANT), sa.PrimaryKeyConstraint("channel", "day"),
    )
    op.create_table("clock_offset",
        required("id", sa.Integer()), required("seconds", sa.Float()), required("changed_at", INSTANT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("customers",
        required("id", sa.String(36)), optional("name", sa.String(200)), optional("phone", sa.String(60)),
        optional("email", sa.String(320)), required("value", sa.String(10)),
        required("language", sa.String(8)), required("zone", sa.String(60)), required("created_at", INSTANT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("daily_snapshots",
        required("day", sa.String(10)), required("zone", sa.String(60)), required("ends_at", INSTANT),
        required("taken_at", INSTANT), required("received", sa.Integer()), required("closed", sa.Integer()),
        required("open", sa.Integer()), required("in_survey", sa.Integer()),
        optional("age_median_seconds", sa.Integer()), required("ages", sa.JSON()),
        required("tiers", sa.JSON()), required("departments", sa.JSON()), sa.PrimaryKeyConstraint("day"),
    )
    op.create_table("downtimes",
        required("id", sa.Integer()), required("began_at", INSTANT), required("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_downtimes_ended_at"), "downtimes", ["ended_at"], unique=False)
    op.create_table("draws",
        required("month", sa.String(7)), required("kind", sa.String(14)), required("seed", sa.String(40)),
        required("population", sa.Integer()), required("drawn", sa.Integer()), required("at", INSTANT),
        required("by", sa.String(60)), sa.PrimaryKeyConstraint("month", "kind"),
    )
    op.create_table("frozen_months",
        required("month", sa.String(7)), required("zone", sa.String(60)), required("as_of", INSTANT),
        required("data", sa.String()), required("hash", sa.String(64)), sa.PrimaryKeyConstraint("month"),
    )
    op.create_table("idempotent_answers",
        required("actor", sa.String(80)), required("key", sa.String(200)), required("digest", sa.String(64)),
        required("status", sa.Integer()), required("body", sa.JSON()), required("at", INSTANT),
        sa.PrimaryKeyConstraint("actor", "key"),
    )
    op.create_table("ticks",
        required("name", sa.String(40)), required("at", INSTANT), sa.PrimaryKeyConstraint("name"),
    )
    op.create_table("used_nonces",
        required("nonce", sa.String(64)), required("used_at", INSTANT), required("used_by", sa.String(64)),
        sa.PrimaryKeyConstraint("nonce"),
    )
    op.create_table("cases",
        required("id", sa.String(36)), required("ref", sa.String(24)), required("kind", sa.String(12)),
        required("imported", sa.Boolean()), required("version", sa.Integer()),
        required("bundle", sa.String(64)), required("instance_no", sa.Integer()),
        optional("instance", sa.String()), required("next_activation", sa.Integer()),
        required("ended", sa.Boolean()), required("waiting", sa.JSON()), optional("next_due_at", INSTANT),
        required("generation", sa.Integer()), optional("flow_run_id", sa.String(36)),
        required("shown_version", sa.Integer()), optional("customer_id", sa.String()),
        required("channel", sa.String(40)), required("external_id", sa.String(200)),
        required("language", sa.String(8)), required("occurred_at", INSTANT),
        required("received_at", INSTANT), optional("product", sa.String(500)),
        optional("region", sa.String(200)), required("status", sa.String(20)),
        optional("tier", sa.String(10)), optional("urgency", sa.String(10)),
        optional("impact", sa.String(10)), optional("category", sa.String(30)),
        optional("sentiment", sa.String(20)), optional("confidence", sa.Integer()),
        required("provisional", sa.Boolean()), required("injury", sa.Boolean()),
        required("loss", sa.Integer()), optional("own_harm", sa.Boolean()),
        optional("impact_alone", sa.String(10)), required("value", sa.String(10)),
        required("authority", sa.Boolean()), required("repeats", sa.Integer()),
        optional("department", sa.String(40)), optional("skill", sa.String(40)),
        optional("owner", sa.String(60)), required("cycle", sa.Integer()),
        optional("cycle_started_at", INSTANT), optional("acknowledged_at", INSTANT),
        optional("dispatched_at", INSTANT), optional("first_contact_at", INSTANT),
        optional("resolved_at", INSTANT), optional("fulfilled_at", INSTANT), optional("closed_at", INSTANT),
        optional("outcome", sa.String(20)), optional("decision", sa.String(20)),
        optional("reason", sa.String(60)), optional("merged_into", sa.String(24)),
        optional("follows", sa.String(24)), required("hold", sa.Boolean()), optional("erased_at", INSTANT),
        required("history_count", sa.Integer()), required("history_head", sa.String(64)),
        sa.CheckConstraint("(kind = 'complaint') = (customer_id IS NOT NULL)", name="complaints_have_customers"),
        sa.ForeignKeyConstraint(["bundle"], ["bundles.hash"]),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ref"),
    )
    op.create_index("cases_closed", "cases", ["closed_at"], unique=False)
    op.create_index("cases_next_due", "cases", ["next_due_at"], unique=False)
    op.create_index("cases_of_customer", "cases", ["customer_id", "received_at", "category"], unique=False)
    op.create_index("cases_open_by_ref", "cases", ["ended", "ref"], unique=False)
    op.create_index("cases_open_received", "cases", ["ended", "received_at"], unique=False)
    op.create_index("cases_received", "cases", ["received_at"], unique=False)
    op.create_index("cases_run_wanted", "cases", ["generation", "flow_run_id"], unique=False)
    op.create_index("cases_to_begin",
        "cases", ["next_due_at"], unique=False, sqlite_where=sa.text("instance_no = 0 AND NOT ended"),
        postgresql_where=sa.text("instance_no = 0 AND NOT ended"),
    )
    op.create_index("cases_to_show",
        "cases", ["id"], unique=False,
        sqlite_where=sa.text("CASE WHEN shown_version < version THEN 1 ELSE 0 END = 1"),
        postgresql_where=sa.text("CASE WHEN shown_version < version THEN 1 ELSE 0 END = 1"),
    )
    op.create_index(op.f("ix_cases_channel"), "cases", ["channel"], unique=False)
    op.create_index(op.f("ix_cases_department"), "cases", ["department"], unique=False)
    op.create_index(op.f("ix_cases_flow_run_id"), "cases", ["flow_run_id"], unique=False)
    op.create_index(op.f("ix_cases_follows"), "cases", ["follows"], unique=False)
    op.create_index(op.f("ix_cases_status"), "cases", ["status"], unique=False)
    op.create_index(op.f("ix_cases_tier"), "cases", ["tier"], unique=False)
    op.create_table("customer_keys",
        required("kind", sa.String(20)), required("value", sa.String(320)),
        required("customer_id", sa.String()), sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]),
        sa.PrimaryKeyConstraint("kind", "value"),
    )
    op.create_index(op.f("ix_customer_keys_customer_id"), "customer_keys", ["customer_id"], unique=False)
    op.create_table("erasures",
        required("id", sa.String(36)), required("customer_id", sa.String()),
        required("reason", sa.String(12)), required("by", sa.String(60)), required("asked_at", INSTANT),
        optional("done_at", INSTANT), required("digests", sa.JSON()),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"]), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_erasures_customer_id"), "erasures", ["customer_id"], unique=False)
    op.create_index(op.f("ix_erasures_done_at"), "erasures", ["done_at"], unique=False)
    op.create_table("findings",
        required("month", sa.String(7)), required("kind", sa.String(40)), required("key", sa.String(120)),
        required("position", sa.Integer()), required("sure", sa.String(20)), required("cases", sa.Integer()),
        required("refs", sa.JSON()), required("numbers", sa.JSON()),
        sa.ForeignKeyConstraint(["month"], ["frozen_months.month"]),
        sa.PrimaryKeyConstraint("month", "kind", "key"),
    )
    op.create_table("live_bundle",
        required("id", sa.Integer()), required("hash", sa.String(64)), required("shipped", sa.Boolean()),
        required("since", INSTANT), sa.ForeignKeyConstraint(["hash"], ["bundles.hash"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("activities",
        required("id", sa.Integer()), required("case_id", sa.String()), required("activation", sa.Integer()),
        required("process", sa.String(40)), required("element", sa.String(80)),
        required("name", sa.String(120)), required("topic", sa.String(40)), required("inputs", sa.JSON()),
        required("state", sa.String(10)), required("attempt", sa.Integer()), required("fence", sa.Integer()),
        optional("claimed_by", sa.String(80)), optional("lease_until", INSTANT),
        required("ready_since", INSTANT), required("not_before", INSTANT), optional("done_at", INSTANT),
        optional("ran_by", sa.String(10)), optional("error", sa.String(500)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "activation", name="one_activity_of_an_activation"),
    )
    op.create_index("activities_to_do", "activities", ["state", "not_before"], unique=False)
    op.create_index(op.f("ix_activities_case_id"), "activities", ["case_id"], unique=False)
    op.create_table("case_texts",
        required("case_id", sa.String()), required("text", sa.String()), optional("order_id", sa.String(200)),
        optional("wants", sa.String()), optional("amount", sa.Integer()), required("attachments", sa.JSON()),
        required("extra", sa.JSON()), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table("causes",
        required("case_id", sa.String()), required("cause", sa.String(32)), required("at", INSTANT),
        required("looked", sa.Boolean()), required("out", sa.Boolean()), required("leads", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("causes_by_cause", "causes", ["cause", "at"], unique=False)
    op.create_index("causes_to_look",
        "causes", ["case_id"], unique=False, sqlite_where=sa.text("NOT looked"),
        postgresql_where=sa.text("NOT looked"),
    )
    op.create_table("checks",
        required("id", sa.Integer()), required("case_id", sa.String()), required("kind", sa.String(14)),
        required("month", sa.String(7)), required("stands_for", sa.Integer()),
        optional("graded_tier", sa.String(10)), required("assignee", sa.String(60)),
        required("drawn_at", INSTANT), required("due_at", INSTANT), optional("done_at", INSTANT),
        optional("done_by", sa.String(60)), optional("tier", sa.String(10)),
        optional("deviation", sa.Boolean()), optional("steps_required", sa.Integer()),
        optional("steps_covered", sa.Integer()), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "kind", "month", name="one_check_of_a_draw"),
    )
    op.create_index("checks_of_month", "checks", ["month", "kind"], unique=False)
    op.create_index(op.f("ix_checks_assignee"), "checks", ["assignee"], unique=False)
    op.create_index(op.f("ix_checks_case_id"), "checks", ["case_id"], unique=False)
    op.create_table("clocks",
        required("id", sa.Integer()), required("case_id", sa.String()), required("name", sa.String(30)),
        required("key", sa.String(20)), required("round", sa.Integer()), required("cycle", sa.Integer()),
        required("started_at", INSTANT), required("duration", sa.String(40)),
        required("calendar", sa.String(40)), optional("due_at", INSTANT),
        required("generation", sa.Integer()), required("extensions", sa.Integer()),
        required("pausable", sa.Boolean()), required("basis", sa.String(12)), optional("armed_at", INSTANT),
        required("left_seconds", sa.Float()), required("late_before", sa.Boolean()),
        optional("late_at", INSTANT), required("pauses", sa.JSON()), required("fired", sa.JSON()),
        optional("stopped_at", INSTANT), required("cancelled", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "name", "key", "round", name="one_clock_of_a_name_key_and_round"),
    )
    op.create_index(op.f("ix_clocks_case_id"), "clocks", ["case_id"], unique=False)
    op.create_index(op.f("ix_clocks_due_at"), "clocks", ["due_at"], unique=False)
    op.create_index(op.f("ix_clocks_late_at"), "clocks", ["late_at"], unique=False)
    op.create_table("decisions",
        required("id", sa.Integer()), required("case_id", sa.String()), required("cycle", sa.Integer()),
        optional("item_id", sa.Integer()), required("decision", sa.String(12)), required("by", sa.String(60)),
        required("at", INSTANT), optional("approved_by", sa.String(60)), optional("sent_at", INSTANT),
        optional("solution", sa.String(60)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_decisions_case_id"), "decisions", ["case_id"], unique=False)
    op.create_table("history",
        required("case_id", sa.String()), required("seq", sa.Integer()), required("at", INSTANT),
        required("what", sa.String(40)), required("process", sa.String(40)),
        required("element", sa.String(80)), required("actor", sa.String(60)), required("data", sa.JSON()),
        required("hash", sa.String(64)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id", "seq"),
    )
    op.create_index("history_turns",
        "history", ["what", "at", "case_id"], unique=False,
        sqlite_where=sa.text("what IN ('received', 're_entered', 'closed', 'withdrawn', 'merged', 'voided')"),
        postgresql_where=sa.text("what IN ('received', 're_entered', 'closed', 'withdrawn', 'merged', 'voided')"),
    )
    op.create_index("history_ways",
        "history", ["what", "at"], unique=False, sqlite_where=sa.text("what IN ('moved', 'follows')"),
        postgresql_where=sa.text("what IN ('moved', 'follows')"),
    )
    op.create_table("hook_receipts",
        required("id", sa.Integer()), required("channel", sa.String(40)),
        required("external_id", sa.String(200)), required("webhook_id", sa.String(200)),
        required("kind", sa.String(20)), required("digest", sa.String(64)), required("received_at", INSTANT),
        required("occurred_at", INSTANT), optional("case_id", sa.String()), optional("kept", sa.String()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("channel", "external_id", name="one_receipt_of_an_event"),
        sa.UniqueConstraint("channel", "webhook_id", name="one_receipt_of_a_webhook_id"),
    )
    op.create_index(op.f("ix_hook_receipts_case_id"), "hook_receipts", ["case_id"], unique=False)
    op.create_index(op.f("ix_hook_receipts_occurred_at"), "hook_receipts", ["occurred_at"], unique=False)
    op.create_table("improvement_rounds",
        required("case_id", sa.String()), required("round", sa.Integer()), required("owner", sa.String(60)),
        required("agreed_by", sa.String(60)), required("agreed_at", INSTANT), required("due_at", INSTANT),
        optional("done_at", INSTANT), optional("measured", sa.Float()), required("measured_n", sa.Integer()),
        optional("checked_at", INSTANT), optional("effect", sa.String(10)), optional("ended", sa.String(16)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("case_id", "round"),
    )
    op.create_index(op.f("ix_improvement_rounds_done_at"), "improvement_rounds", ["done_at"], unique=False)
    op.create_index(op.f("ix_improvement_rounds_due_at"), "improvement_rounds", ["due_at"], unique=False)
    op.create_table("improvements",
        required("case_id", sa.String()), required("origin", sa.String(12)),
        optional("finding", sa.String(300)), optional("source", sa.String(24)),
        required("title", sa.String(200)), required("what", sa.String()), optional("figure", sa.String(40)),
        optional("dimension", sa.String(20)), optional("group_key", sa.String(200)),
        optional("expected_percent", sa.Integer()), optional("baseline", sa.Float()),
        required("baseline_n", sa.Integer()), required("owner", sa.String(60)), required("due_at", INSTANT),
        required("opened_by", sa.String(60)), required("opened_at", INSTANT), optional("proven_at", INSTANT),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index(op.f("ix_improvements_finding"), "improvements", ["finding"], unique=False)
    op.create_index(op.f("ix_improvements_proven_at"), "improvements", ["proven_at"], unique=False)
    op.create_table("inbox",
        required("id", sa.Integer()), required("case_id", sa.String()), required("name", sa.String(40)),
        optional("key", sa.String(40)), required("payload", sa.JSON()), required("actor", sa.String(60)),
        required("source", sa.String(60)), required("external_id", sa.String(200)),
        required("effective_at", INSTANT), optional("handled_at", INSTANT),
        optional("outcome", sa.String(20)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "external_id", name="one_inbox_row_of_an_event"),
    )
    op.create_index("inbox_unhandled",
        "inbox", ["case_id"], unique=False, sqlite_where=sa.text("handled_at IS NULL"),
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table("incidents",
        required("id", sa.Integer()), required("case_id", sa.String()), required("kind", sa.String(20)),
        optional("activation", sa.Integer()), required("reason", sa.String(500)),
        optional("owner", sa.String(60)), required("opened_at", INSTANT), optional("closed_at", INSTANT),
        optional("closed_by", sa.String(60)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_incidents_case_id"), "incidents", ["case_id"], unique=False)
    op.create_index(op.f("ix_incidents_closed_at"), "incidents", ["closed_at"], unique=False)
    op.create_table("letters",
        required("id", sa.Integer()), required("key", sa.String(160)), optional("case_id", sa.String()),
        required("cycle", sa.Integer()), required("direction", sa.String(3)), required("kind", sa.String(30)),
        required("audience", sa.String(10)), optional("person", sa.String(60)),
        required("channel", sa.String(40)), required("language", sa.String(8)),
        required("subject", sa.String()), required("body", sa.String()), required("links", sa.JSON()),
        required("created_at", INSTANT), required("send_at", INSTANT), required("any_hour", sa.Boolean()),
        required("unasked", sa.Boolean()), required("news", sa.Boolean()), required("state", sa.String(10)),
        required("tried", sa.JSON()), required("attempt", sa.Integer()), required("fence", sa.Integer()),
        optional("lease_until", INSTANT), required("not_before", INSTANT), optional("delivered_at", INSTANT),
        optional("receipt", sa.String(10)), optional("receipt_at", INSTANT),
        optional("error", sa.String(500)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("id"), sa.UniqueConstraint("key"),
    )
    op.create_index(op.f("ix_letters_case_id"), "letters", ["case_id"], unique=False)
    op.create_index("letters_to_send", "letters", ["state", "not_before"], unique=False)
    op.create_table("memberships",
        required("case_id", sa.String()), required("cycle", sa.Integer()), required("lead_id", sa.String()),
        required("joined_at", INSTANT), optional("answered_in", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["cases.id"]), sa.PrimaryKeyConstraint("case_id", "cycle"),
    )
    op.create_index("memberships_of_lead", "memberships", ["lead_id", "answered_in"], unique=False)
    op.create_table("notes",
        required("id", sa.Integer()), required("case_id", sa.String()), optional("item_id", sa.Integer()),
        required("cycle", sa.Integer()), required("kind", sa.String(20)), required("text", sa.String()),
        required("by", sa.String(60)), required("at", INSTANT),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_notes_case_id"), "notes", ["case_id"], unique=False)
    op.create_index(op.f("ix_notes_item_id"), "notes", ["item_id"], unique=False)
    op.create_table("owed_improvements",
        required("case_id", sa.String()), required("why", sa.String(12)), required("at", INSTANT),
        optional("opened", sa.String(24)), sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index(op.f("ix_owed_improvements_opened"), "owed_improvements", ["opened"], unique=False)
    op.create_table("promises",
        required("id", sa.Integer()), required("case_id", sa.String()), required("what", sa.String(40)),
        required("told_at", INSTANT), required("due_at", INSTANT), required("state", sa.String(10)),
        optional("decided_at", INSTANT), optional("moved_by", sa.String(60)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_promises_case_id"), "promises", ["case_id"], unique=False)
    op.create_index(op.f("ix_promises_due_at"), "promises", ["due_at"], unique=False)
    op.create_table("surveys",
        required("id", sa.Integer()), required("case_id", sa.String()), required("cycle", sa.Integer()),
        optional("rated", sa.String(60)), required("ask_at", INSTANT), optional("sent_at", INSTANT),
        optional("expires_at", INSTANT), optional("answered_at", INSTANT),
        optional("first_score", sa.Integer()), optional("score", sa.Integer()),
        optional("attitude", sa.Integer()), optional("nps", sa.Integer()), optional("nps_ask_at", INSTANT),
        optional("nps_answered_at", INSTANT), optional("choose_again", sa.Boolean()),
        required("leave", sa.Boolean()), optional("comment", sa.String()),
        required("corrected", sa.Boolean()), required("state", sa.String(12)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "cycle", name="one_survey_a_cycle"),
    )
    op.create_index(op.f("ix_surveys_answered_at"), "surveys", ["answered_at"], unique=False)
    op.create_table("timers",
        required("case_id", sa.String()), required("timer", sa.String(120)), required("due_at", INSTANT),
        required("element", sa.String(80)), required("activation", sa.Integer()),
        optional("clock", sa.String(30)), required("clock_key", sa.String(20)),
        required("level", sa.String(30)), required("takes_work", sa.Boolean()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("case_id", "timer"),
    )
    op.create_index(op.f("ix_timers_due_at"), "timers", ["due_at"], unique=False)
    op.create_table("work_items",
        required("id", sa.Integer()), required("case_id", sa.String()), required("kind", sa.String(20)),
        required("cycle", sa.Integer()), optional("department", sa.String(40)),
        optional("skill", sa.String(40)), optional("duty", sa.String(20)), optional("about", sa.Integer()),
        optional("assignee", sa.String(60)), required("status", sa.String(12)),
        optional("activation", sa.Integer()), required("actions", sa.JSON()), required("created_at", INSTANT),
        optional("offered_at", INSTANT), optional("confirmed_at", INSTANT), optional("due_at", INSTANT),
        optional("finished_at", INSTANT), optional("row", sa.String(40)), optional("what", sa.String(200)),
        required("depends_on", sa.JSON()), optional("duration", sa.String(40)),
        optional("remedy", sa.String(20)), optional("amount", sa.Integer()),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_work_items_case_id"), "work_items", ["case_id"], unique=False)
    op.create_index(op.f("ix_work_items_department"), "work_items", ["department"], unique=False)
    op.create_index(op.f("ix_work_items_status"), "work_items", ["status"], unique=False)
    op.create_index("work_items_of_person", "work_items", ["assignee", "status"], unique=False)
    op.create_table("dispatches",
        required("id", sa.Integer()), required("case_id", sa.String()), required("item_id", sa.Integer()),
        required("department", sa.String(40)), required("person", sa.String(60)),
        required("binding", sa.Boolean()), required("offered_at", INSTANT), optional("ended_at", INSTANT),
        optional("how", sa.String(12)), optional("judged", sa.String(12)),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["work_items.id"]), sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_dispatches_case_id"), "dispatches", ["case_id"], unique=False)
    op.create_index(op.f("ix_dispatches_item_id"), "dispatches", ["item_id"], unique=False)
    op.create_index(op.f("ix_dispatches_offered_at"), "dispatches", ["offered_at"], unique=False)
    op.create_index(op.f("ix_dispatches_person"), "dispatches", ["person"], unique=False)
    op.create_table("hook_conflicts",
        required("id", sa.Integer()), required("receipt_id", sa.Integer()), required("digest", sa.String(64)),
        required("body", sa.String()), required("received_at", INSTANT),
        sa.ForeignKeyConstraint(["receipt_id"], ["hook_receipts.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("receipt_id", "digest", name="one_conflict_of_a_body"),
    )
    op.create_index(op.f("ix_hook_conflicts_receipt_id"), "hook_conflicts", ["receipt_id"], unique=False)
    op.create_table("options",
        required("id", sa.Integer()), required("decision_id", sa.Integer()),
        required("position", sa.Integer()), required("text", sa.String()), optional("remedy", sa.String(20)),
        optional("amount", sa.Integer()), required("recommended", sa.Boolean()),
        required("costs_customer", sa.Boolean()), optional("chosen_at", INSTANT),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"]), sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("decision_id", "position", name="one_option_at_a_position"),
    )
    op.create_index(op.f("ix_options_decision_id"), "options", ["decision_id"], unique=False)
