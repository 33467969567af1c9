"""Every word the shipped definitions may use, with its shape: topics, work, messages, clocks, statuses.

This is the one place where the drawings and the code meet. A topic named here must be bound in `tasks/`;
the wiring refuses to start when one is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bpmn.vocabulary import Topic, Vocabulary, Work

TIER = "enum(light, medium, severe)"
URGENCY = "enum(low, normal, urgent)"
IMPACT = "enum(none, single, high, batch)"
VALUE = "enum(standard, high)"
SENTIMENT = "enum(very_negative, negative, neutral, positive)"
CATEGORY = (
    "enum(product_quality, logistics, after_sales, service_attitude, price_promotion, billing, "
    "account_security, service_fault, other)"
)
DECISION = "enum(upheld, partly, not_upheld)"
OUTCOME = "enum(accepted, accepted_low, unanswered, final)"
VERDICT = "enum(accepted, accepted_low, unanswered, next_cycle, review)"
EFFECT = "enum(proven, failed, unclear)"
HARM = "enum(danger, running_loss, data_leak, authority, threat, failure, question)"
REACH = "enum(one, many)"

STATUSES = frozenset({
    "received", "handling", "waiting_customer", "fulfilling", "surveying", "reviewing",
    "closed", "withdrawn", "merged", "void",
    "proposed", "agreed", "checking", "proven",  # of an improvement action
})  # fmt: skip

DUTIES = frozenset({
    "coordinator", "supervisor", "approver", "lead", "executive", "reviewer", "retention",
    "grader", "caller", "hearer", "improver", "ops",
})  # fmt: skip

CLOCKS = frozenset({
    "acknowledge", "dispatch", "first_contact", "promise", "authority",  # of the case
    "resolve", "choose", "question",  # of a cycle
    "confirm", "deliver", "duty",  # of a work item
})  # fmt: skip

TOPICS: dict[str, Topic] = {
    # reception
    # `repeats`: which complaint of this customer within 90 days this one is; 1 is the first
    "identify": Topic(outputs={"value": VALUE, "authority": "boolean", "repeats": "integer"}),
    "read": Topic(
        inputs={"value": VALUE, "authority": "boolean", "repeats": "integer"},
        outputs={
            "harm": HARM, "reach": REACH, "injury": "boolean", "loss": "integer", "consequence": "boolean",
            "leaving": "boolean", "repeats": "integer", "regret": "boolean", "danger": "boolean",
            "category": CATEGORY, "sentiment": SENTIMENT, "confidence": "integer",
        },
    ),
    "record_grade": Topic(
        inputs={
            "urgency": URGENCY, "impact": IMPACT, "tier": TIER, "category": CATEGORY, "sentiment": SENTIMENT,
            "provisional": "boolean", "confidence": "integer", "department": "id", "skill": "id",
        },
    ),
    # `lead`: ref of the open complaint of this customer that is most like it, null when none is open
    "compare": Topic(outputs={
        "lead": "id", "state": "enum(open, answered, surveying)", "same_customer": "boolean",
        "order": "enum(same, other, unknown)", "same_category": "boolean", "heavier": "boolean",
        "similarity": "integer", "hours": "integer",
    }),
    # `answered`: the lead was answered already, so its customer says that this settled nothing
    "join_lead": Topic(inputs={"lead": "id", "answered": "boolean"}),
    "tell_joined": Topic(),
    "take_in": Topic(inputs={"ref": "id"}),
    "make_promise": Topic(inputs={"within": "duration"}),
    "acknowledge": Topic(),
    # `signed`: a supervisor agreed to one more move; `promised`: only while the promise is due then
    "move_promise": Topic(inputs={"signed": "boolean", "promised": "time"}, outputs={"moved": "boolean"}),
    # `early`: the customer's phone must not ring two hours before `promised`, so the notice goes out `at`
    "plan_notice": Topic(outputs={"early": "boolean", "at": "time", "promised": "time"}),
    "set_promise_date": Topic(inputs={"due": "time"}),
    # letters; `to` names a role in the case, `item` the work item it is about
    "tell": Topic(inputs={
        "template": "string",
        "to": "enum(customer, owner, handler, head, lead, coordinator, supervisor, executive, retention, improver)",
        "item": "integer",
    }),
    # offers
    # `held`: whoever had confirmed it before keeps it, and nobody needs to be asked again; `decided`: the customer
    # was choosing when the case ended
    "open_work": Topic(
        inputs={"kind": "id", "department": "id", "skill": "id"},
        outputs={"item": "integer", "held": "boolean", "decided": "boolean"},
    ),
    "choose_handler": Topic(inputs={"item": "integer"}, outputs={"found": "boolean", "handler": "id"}),
    "record_decline": Topic(inputs={"item": "integer"}),
    "take_back": Topic(inputs={"item": "integer"}),
    "have_judged": Topic(inputs={"item": "integer"}),
    "assign": Topic(inputs={"item": "integer", "handler": "id"}),
    # duty
    "appoint": Topic(
        inputs={"duty": "id", "kind": "id", "about": "integer", "rung": "integer"},
        outputs={"work_item": "integer", "found": "boolean"},
    ),
    "raise_incident": Topic(inputs={"reason": "id"}),
    # light
    "draft_answer": Topic(outputs={"found": "boolean", "confidence": "integer", "solution": "id"}),
    "send_library_answer": Topic(inputs={"solution": "id"}, outputs={"answered_at": "time"}),
    # medium and severe
    "take_over": Topic(inputs={"item": "integer", "handler": "id"}),
    "extend_resolve": Topic(inputs={"within": "duration"}),
    "widen": Topic(inputs={"item": "integer"}, outputs={"departments": "integer"}),
    "open_list": Topic(),
    "list_state": Topic(outputs={"complete": "boolean"}),
    "finish_item": Topic(inputs={"item": "integer"}),
    # answer
    # `approved`: a second person did already; `may_propose`: the customer has proposals left in this cycle
    "look_at_decision": Topic(outputs={
        "over_limit": "boolean", "approved": "boolean", "options": "integer", "may_propose": "boolean",
    }),
    "offer_options": Topic(),
    # `choice`: number of the option, 0 for a proposal of the customer's own, null when nothing was chosen
    "record_choice": Topic(inputs={"choice": "integer"}),
    "take_recommended": Topic(outputs={"free_of_cost": "boolean"}),
    "send_answer": Topic(outputs={"answered_at": "time"}),
    "answer_unreached": Topic(outputs={"answered_at": "time"}),
    # the next call: `after` that time, inside the customer's contact hours
    "plan_call": Topic(inputs={"after": "duration"}, outputs={"at": "time"}),
    # a question; `question` is the number of the note that holds it
    "ask_customer": Topic(inputs={"question": "integer"}),
    "remind_question": Topic(inputs={"question": "integer"}),
    # mass matters; `decision` is the number of the lead's decision
    "grade_member": Topic(outputs={"tier": TIER, "impact": IMPACT}),
    "join_matter": Topic(),
    "adopt_answer": Topic(inputs={"decision": "integer"}, outputs={"answered_at": "time"}),
    # carry out
    "release_grants": Topic(outputs={"granted": "integer"}),
    # `done_at`: when the last grant was done, null as long as one is open
    "grants_state": Topic(outputs={"complete": "boolean", "done_at": "time"}),
    "finish_grant": Topic(inputs={"item": "integer"}),
    # callback
    # `reachable`: a link can be sent; `given_up`: nobody could reach the customer for the answer already
    "plan_survey": Topic(
        inputs={"since": "time"}, outputs={"ask_at": "time", "reachable": "boolean", "given_up": "boolean"}
    ),
    "send_survey": Topic(inputs={"cycle": "integer"}),
    "remind_survey": Topic(inputs={"cycle": "integer"}),
    "record_score": Topic(inputs={"cycle": "integer", "score": "integer", "leave": "boolean"}),
    "freeze_survey": Topic(inputs={"cycle": "integer"}),
    "expire_survey": Topic(inputs={"cycle": "integer"}),
    "invite_nps": Topic(inputs={"after": "duration"}),
    "apologise": Topic(inputs={"score": "integer"}),
    "begin_cycle": Topic(inputs={"cycle": "integer", "tier": TIER, "supervised": "boolean"}),
    # ends and returns
    "close": Topic(inputs={"outcome": OUTCOME}),
    "withdraw": Topic(inputs={"by": "enum(customer, staff)"}),
    "void": Topic(),
    "merge": Topic(),
    # improvement actions; their `cycle` counts rounds
    "begin_improvement": Topic(outputs={"item": "integer"}),
    "finish_improvement": Topic(),
    "measure_effect": Topic(outputs={"effect": EFFECT}),
    "record_effect": Topic(inputs={"effect": EFFECT}),
    "reopen_improvement": Topic(inputs={"reason": "enum(no_effect, cause_returned)"}),
    "close_improvement": Topic(inputs={"outcome": "enum(proven, dropped)"}),
    "hear_message": Topic(inputs={"message": "integer"}),
    "re_enter": Topic(
        inputs={"cycle": "integer", "reason": "enum(undo, unvoid, unmerge, reopen)"},
        outputs={
            "tier": TIER, "urgency": URGENCY, "impact": IMPACT, "category": CATEGORY, "value": VALUE,
            "department": "id", "skill": "id", "authority": "boolean", "supervised": "boolean",
            # where it goes on; `since`: when it was answered
            "stage": "enum(solve, promise, settle, review)", "since": "time",
        },
    ),
}  # fmt: skip

ACTIONS = (
    "confirm", "decline", "resolve", "done", "approve", "refuse", "extend", "takeover", "lift", "assign",
)  # fmt: skip

WORK: dict[str, Work] = {
    "offer": Work(("confirm", "decline")),
    "resolve": Work(("resolve",)),
    "lead": Work(("resolve",)),
    "collaborate": Work(("done",)),
    "fulfil": Work(("done",)),
    "improve": Work(("done",)),
    # a step of a person on duty: `kind` (an input) says which of these it is
    "duty": Work(
        ACTIONS,
        {"handler": "id", "score": "integer", "leave": "boolean", "choice": "integer", "tier": TIER},
    ),
}
"""Kinds that user tasks name. Every result also holds `action` and `by`."""

DUTY_WORK: dict[str, tuple[str, ...]] = {
    "assign": ("assign",),
    "overdue": ("takeover", "extend", "lift"),
    "overdue_again": ("takeover", "lift"),  # extended once already
    "overdue_lead": ("takeover", "extend"),
    "widen": ("done", "lift"),
    "judge": ("done",),
    "approve": ("approve", "refuse"),
    "grade": ("done",),
    "hear": ("done",),
    "call": ("done",),
    "ask_score": ("done",),
    "promise": ("done",),
    "question": ("approve", "refuse"),
    "retain": ("done",),
    "review": ("resolve",),
    "agree_action": ("approve", "refuse"),
    "overdue_action": ("done",),
    "judge_effect": ("approve", "refuse"),
}
"""Kinds of duty work and the actions that finish each; the step refuses any other."""

MESSAGES: dict[str, dict[str, str]] = {
    "receive": {},
    "improvement_opened": {},
    "cause_returned": {},  # what an improvement action was to end is there again
    "re_enter": {"cycle": "integer", "reason": "enum(undo, unvoid, unmerge, reopen)"},
    "withdrawn": {"by": "enum(customer, staff)"},
    "voided": {},
    "merged": {},
    "took_in": {"ref": "id"},  # said by a complaint to the one it was merged into
    "not_settled": {"ref": "id"},  # the same, when that one was answered already
    "regraded": {  # key "anew": the tier or the department changes, so the work begins anew
        "tier": TIER, "urgency": URGENCY, "impact": IMPACT, "category": CATEGORY,
        "department": "id", "skill": "id",
    },
    "joined_matter": {},
    "left_matter": {},
    "matter_answered": {"decision": "integer"},  # said by the lead to each of its members
    "declined": {"item": "integer"},  # somebody has the work; how others declined it is to be judged
    "promise_set": {"due": "time"},  # the owner promises another date
    "customer_message": {"message": "integer"},
    "very_negative": {"message": "integer"},
    "customer_asked": {"question": "integer", "again": "boolean"},
    "question_answered": {},
    "asked": {"item": "integer", "department": "id"},
    "item_released": {"item": "integer", "department": "id"},
    "item_waived": {},
    "item_changed": {},
    "answer_declined": {},
    "answer_accepted": {},
    "options_chosen": {"choice": "integer"},
    "grant_released": {"item": "integer", "department": "id"},
    "grant_changed": {},
    "not_received": {},  # the customer still misses something granted; its item was reopened
    "survey_answered": {"score": "integer", "leave": "boolean"},
    "survey_corrected": {"score": "integer", "leave": "boolean"},
}  # fmt: skip


TABLES: Mapping[str, Topic] = {
    "clocks": Topic(
        {"clock": "id", "tier": TIER, "urgency": URGENCY, "several": "boolean"},
        {"duration": "string", "calendar": "string"},
    ),
    "routing": Topic({"category": CATEGORY, "authority": "boolean"}, {"department": "id", "skill": "id"}),
    "remedy": Topic(
        {"tier": TIER, "value": VALUE, "loss": "integer"},
        {"ceiling": "integer", "apology": "integer", "rounds": "integer"},
    ),
    "matter": Topic(
        {"category": CATEGORY},
        {
            "same": "enum(product, region, both, nothing)",
            "hours": "integer",
            "needed": "integer",
            "own_loss": "integer",
            "low_percent": "integer",
        },
    ),
    "apology": Topic({"tier": TIER, "cycle": "integer"}, {"level": "integer"}),
    "apology_speaker": Topic({"level": "integer"}, {"speaker": "id"}),
    "contact": Topic(
        {"kind": "id"}, {"exempt": "boolean", "dated": "boolean", "unasked": "boolean", "news": "boolean"}
    ),
    "collaboration": Topic(
        {"category": CATEGORY, "urgency": URGENCY},
        {"row": "id", "department": "id", "duration": "string", "depends_on": "string", "what": "string"},
    ),
}
"""Tables that the code asks by itself: what it gives them, and what they must give."""


def vocabulary(templates: Iterable[str]) -> Vocabulary:
    """The whole vocabulary; `templates` are the keys of the message templates that exist."""
    return Vocabulary(
        topics=TOPICS, work=WORK, messages=MESSAGES, clocks=CLOCKS, duties=DUTIES,
        templates=frozenset(templates), statuses=STATUSES,
    )  # fmt: skip
