"""All tables. Importing this package fills SQLModel's metadata."""

from store.tables.activity import ActivityRow, Incident
from store.tables.case import Case, CaseText, Customer, CustomerKey
from store.tables.checking import Check, Draw
from store.tables.improvement import Improvement, ImprovementRound, OwedImprovement
from store.tables.ledger import AccessKey, Anchor, Bundle, History, IdempotentAnswer, LiveBundle
from store.tables.matter import Cause, Membership
from store.tables.post import ChannelCount, HookConflict, HookReceipt, InboxRow, Letter, Survey, UsedNonce
from store.tables.privacy import Erasure
from store.tables.review import DailySnapshot, FrozenMonth, MonthFinding
from store.tables.timing import ClockOffset, ClockRow, Downtime, Promise, Tick, TimerRow
from store.tables.work import Decision, Dispatch, Note, Option, WorkItem

__all__ = [
    "AccessKey", "ActivityRow", "Anchor", "Bundle", "Case", "CaseText", "Cause", "ChannelCount", "Check", "ClockOffset",
    "ClockRow", "Customer", "CustomerKey", "DailySnapshot", "Decision", "Dispatch", "Downtime", "Draw", "Erasure",
    "FrozenMonth", "History", "HookConflict", "HookReceipt", "IdempotentAnswer", "Improvement", "ImprovementRound",
    "InboxRow", "Incident", "Letter", "LiveBundle", "Membership", "MonthFinding", "Note", "Option",
    "OwedImprovement", "Promise", "Survey", "Tick", "TimerRow", "UsedNonce", "WorkItem",
]  # fmt: skip
