"""The other half of the plain figures: work and offers, quality, intake, and the backlog identity."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from store.tables import Case, ChannelCount, Dispatch, History, HookReceipt
from tests.contract.figures.plain import DAYS, Counted, Plain
from tests.contract.figures.population import ZONE, Row


class PlainWork(Plain):
    """Those of work."""

    # --- dispatching

    def _offers(self) -> Iterator[tuple[Row, Counted]]:
        for d in self.all.of(Dispatch):
            if self.here(d["offered_at"]):
                own = {"department": d["department"], "handler": d["person"]}
                yield d, Counted(self.all.cases[d["case_id"]], own=own)

    def confirm_time(self) -> Iterator[Counted]:
        for d, one in self._offers():
            if not d["binding"] and d["how"] in ("confirmed", None):
                one.begun, one.ended, one.pending = d["offered_at"], d["ended_at"], d["ended_at"] is None
                yield one

    def department_response_time(self) -> Iterator[Counted]:
        asked = {i["id"] for items in self.items.values() for i in items if i["kind"] == "collaborate"}
        for d, one in self._offers():
            if d["item_id"] in asked and not d["binding"] and d["how"] in ("confirmed", None):
                one.begun, one.ended, one.pending = d["offered_at"], d["ended_at"], d["ended_at"] is None
                yield one

    def _judged(self, judgement: str) -> Iterator[Counted]:
        for d, one in self._offers():
            one.adds = int(d["how"] == "declined" and d["judged"] == judgement)
            one.pending = d["how"] == "declined" and d["judged"] is None
            yield one

    def buck_passing(self) -> Iterator[Counted]:
        return self._judged("passed_on")

    def misrouting(self) -> Iterator[Counted]:
        return self._judged("misrouted")

    # --- quality

    def _untouched(self, outcomes: tuple[str, ...]) -> Iterator[Counted]:
        for case in self.r_here():
            people = [
                i for i in self.items[case["id"]]
                if i["status"] in ("confirmed", "done") and i["kind"] != "ask_score"
            ]  # fmt: skip
            settled = case["status"] == "closed" and case["outcome"] in outcomes and not people
            yield Counted(case, adds=int(settled), pending=case["closed_at"] is None)

    def self_service(self) -> Iterator[Counted]:
        return self._untouched(("accepted", "accepted_low"))

    def self_service_silent(self) -> Iterator[Counted]:
        return self._untouched(("unanswered",))

    def self_service_light(self) -> Iterator[Counted]:
        return (one for one in self.self_service() if self.all.first_tier.get(one.case["id"]) == "light")

    def repeat_rate(self) -> Iterator[Counted]:
        of_customer: dict[str, list[Row]] = defaultdict(list)
        for case in self.all.of(Case):
            of_customer[case["customer_id"]].append(case)
        for case in self.r():
            repeated = any(
                before["category"] is not None and before["category"] == case["category"]
                and before["status"] not in ("merged", "void")
                and before["received_at"] < case["received_at"]
                and case["received_at"].replace(microsecond=0) - before["received_at"].replace(microsecond=0)
                <= 90 * DAYS
                for before in of_customer[case["customer_id"]]
            )  # fmt: skip
            yield Counted(case, adds=int(repeated))

    def taken_further(self) -> Iterator[Counted]:
        return (Counted(case, adds=int(case["channel"].startswith("authority"))) for case in self.r_here())

    def needing_superior(self) -> Iterator[Counted]:
        for case in self.r_here():
            duties = {i["duty"] for i in self.items[case["id"]]}
            yield Counted(case, adds=int(bool(duties & {"supervisor", "approver", "executive"})))

    def superior_reasons(self) -> Iterator[Counted]:
        for case in self.r():
            above = [
                i for i in self.items[case["id"]] if i["duty"] in ("supervisor", "approver", "executive")
            ]
            for kind in sorted({i["kind"] for i in above}):
                yield Counted(case, own={"reason": kind})

    def upheld(self) -> Iterator[Counted]:
        for case in self.c():
            if case["decision"] is not None:
                yield Counted(case, adds=int(case["decision"] != "not_upheld"))

    def _granted(self, *, paid: bool) -> Iterator[Counted]:
        for case in self.c():
            for i in self.items[case["id"]]:
                wanted = i["status"] == "done" if paid else i["status"] != "cancelled"
                if i["kind"] == "fulfil" and wanted:
                    own = {"department": i["department"], "handler": i["assignee"]}
                    yield Counted(case, adds=i["amount"] or 0, own=own)

    def redress_approved(self) -> Iterator[Counted]:
        return self._granted(paid=False)

    def redress_paid(self) -> Iterator[Counted]:
        return self._granted(paid=True)

    # --- intake

    def loss(self) -> dict[str, tuple[int, int]]:
        """(lost, sent) by channel, over the days that lie in the period."""
        zone = ZoneInfo(ZONE)

        def day_of(at: datetime) -> str:
            return at.astimezone(zone).date().isoformat()

        kept = Counter(
            (r["channel"], day_of(r["occurred_at"]))
            for r in self.all.of(HookReceipt) if r["kind"] == "complaint"
        )  # fmt: skip
        sent: dict[str, int] = Counter()
        found: dict[str, int] = Counter()
        for row in self.all.of(ChannelCount):
            begins = datetime.combine(datetime.fromisoformat(row["day"]), time(0), tzinfo=zone)
            if self.start <= begins and begins + timedelta(days=1) <= self.end.astimezone(zone):
                sent[row["channel"]] += row["count"]
                found[row["channel"]] += kept[row["channel"], row["day"]]
        return {channel: (max(0, count - found[channel]), count) for channel, count in sent.items()}

    # --- the backlog identity

    def identity(self) -> dict[str, int]:
        names = {
            "closed": "closed", "withdrawn": "withdrawn", "merged": "merged", "voided": "voided",
            "reopen": "reopened", "unmerge": "unmerged", "unvoid": "unvoided", "undo": "undone",
            "received": "received",
        }  # fmt: skip
        found = dict.fromkeys(names.values(), 0)
        for line in self.all.of(History):
            if self.here(line["at"]) and line["what"] in (*names, "re_entered"):
                found[names[line["data"].get("reason") or line["what"]]] += 1
        return found | {
            "open_start": len(list(self.open_at(self.start))),
            "open_end": len(list(self.open_at(self.end))),
            "in_survey": len(list(self.in_survey())),
        }
