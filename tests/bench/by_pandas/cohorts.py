"""The figures of a month by pandas: which rows each counts, and what they add."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from store.queries.figures import Period
from tests.bench.by_pandas.groups import Units
from tests.bench.by_pandas.known import DAY, SUPERIORS, Known
from tests.bench.by_pandas.tables import DIMENSIONS, of_cases, seconds

AGES = ("to_1_day", "1_to_3_days", "3_to_7_days", "7_to_30_days", "over_30_days")


class Cohorts:
    """The units of each figure of one period, by its name."""

    def __init__(self, known: Known, period: Period) -> None:
        self.known, self.all, self.cases = known, known.all, known.all.cases
        self.start, self.end, self.until, self.as_of = (
            np.datetime64(at.replace(tzinfo=None), "us")
            for at in (period.start, period.end, period.until, period.as_of)
        )

    def _within(self, at: Any) -> np.ndarray:
        found = at.to_numpy()
        inside: np.ndarray = (found >= self.start) & (found < self.end)
        return inside

    @cached_property
    def _r(self) -> np.ndarray:
        return np.flatnonzero(self._within(self.cases["received_at"]) & ~self.known.out)

    @cached_property
    def _here(self) -> np.ndarray:
        """Of those, what was not imported."""
        found: np.ndarray = self._r[~self._at("imported", self._r).astype(bool).to_numpy()]
        return found

    @cached_property
    def _c(self) -> np.ndarray:
        over = np.isin(self.known.status, ("closed", "withdrawn"))
        return np.flatnonzero(self._within(self.cases["closed_at"]) & over)

    def _units(self, case: np.ndarray, *, gross: bool = False, own: Any = None, **given: Any) -> Units:
        one, no = np.ones(len(case), dtype="int64"), np.zeros(len(case), dtype=bool)
        apart = no if gross else self.known.withdrawn[case]
        names = [name for name in DIMENSIONS if name not in (own or {})]
        groups = {**of_cases(self.cases, case, names), **(own or {})}
        return Units(case, apart, groups, **{
            "counted": ~no, "adds": one, "weighs": one, "pending": no, **given
        })  # fmt: skip

    def _lasting(self, case: np.ndarray, begun: Any, ended: Any, **given: Any) -> Units:
        """Durations between two columns of the same rows."""
        known = begun.notna().to_numpy() & ended.notna().to_numpy()
        return self._units(case, **{
            "unit": "seconds", "begun": seconds(begun), "ended": seconds(ended), "measured": known, **given,
        })  # fmt: skip

    def _at(self, name: str, rows: np.ndarray) -> Any:
        return self.cases[name].iloc[rows]

    # --- received

    def received(self) -> Units:
        return self._units(self._r, unit="count")

    def _since_receipt(self, what: str) -> Units:
        ended = self._at(what, self._r)
        waits = (self._at("closed_at", self._r).isna() & ended.isna()).to_numpy()
        return self._lasting(self._r, self._at("received_at", self._r), ended, pending=waits)

    def acknowledgement_time(self) -> Units:
        return self._since_receipt("acknowledged_at")

    def dispatch_time(self) -> Units:
        return self._since_receipt("dispatched_at")

    def first_contact_time(self) -> Units:
        return self._since_receipt("first_contact_at")

    def intake_lag(self) -> Units:
        here = self._here
        return self._lasting(here, self._at("occurred_at", here), self._at("received_at", here))

    def completion(self) -> Units:
        received, closed = self._at("received_at", self._r), self._at("closed_at", self._r)
        done = (self.known.status[self._r] == "closed") & (seconds(closed) - seconds(received) <= 30 * DAY)
        young = closed.isna().to_numpy() & (received.to_numpy() > self.as_of - np.timedelta64(30, "D"))
        return self._units(self._r, adds=done, pending=young)

    def _of_received(self, adds: np.ndarray, rows: np.ndarray | None = None) -> Units:
        case = self._here if rows is None else rows
        return self._units(case, adds=adds[case], pending=self._at("closed_at", case).isna().to_numpy())

    def _settled(self, *outcomes: str) -> np.ndarray:
        closed = (self.known.status == "closed") & self.cases["outcome"].isin(outcomes).to_numpy()
        found: np.ndarray = closed & ~self.known.by_people
        return found

    def self_service(self) -> Units:
        return self._of_received(self._settled("accepted", "accepted_low"))

    def self_service_light(self) -> Units:
        light = self._here[self.known.first_light[self._here]]
        return self._of_received(self._settled("accepted", "accepted_low"), light)

    def self_service_silent(self) -> Units:
        return self._of_received(self._settled("unanswered"))

    def repeat_rate(self) -> Units:
        return self._units(self._r, adds=self.known.repeated[self._r])

    def repeat_after_fix(self) -> Units:
        return self._units(self._r, adds=self.known.fixed[self._r])

    def taken_further(self) -> Units:
        return self._units(self._here, adds=self._at("authority", self._here).astype(bool).to_numpy())

    def needing_superior(self) -> Units:
        return self._units(self._here, adds=self.known.superior[self._here])

    def superior_reasons(self) -> Units:
        items = self.all["items"]
        once = items.loc[items["duty"].isin(SUPERIORS), ["case", "kind"]].drop_duplicates()
        once = once[np.isin(once["case"], self._r)]
        return self._units(once["case"].to_numpy(), own={"reason": once["kind"].array}, unit="count")

    # --- closed

    def closed(self) -> Units:
        return self._units(self._c, unit="count")

    def resolution_time(self) -> Units:
        return self._lasting(self._c, self._at("cycle_started_at", self._c), self._at("resolved_at", self._c))

    def resolution_time_first_cycle(self) -> Units:
        return self._lasting(
            self._c, self._at("received_at", self._c), self.known.first_sent.iloc[self._c]
        )  # fmt: skip

    def fulfilment_time(self) -> Units:
        rows = self._c[self.known.granted[self._c]]
        return self._lasting(rows, self._at("resolved_at", rows), self._at("fulfilled_at", rows))

    def cycles_to_acceptance(self) -> Units:
        rows = self._c[(self._at("outcome", self._c) == "accepted").to_numpy()]
        return self._units(rows, unit="cycles", adds=self._at("cycle", rows).to_numpy())

    def upheld(self) -> Units:
        rows = self._c[self._at("decision", self._c).notna().to_numpy()]
        return self._units(rows, adds=self._at("decision", rows).isin(("upheld", "partly")).to_numpy())

    def handoff_time(self) -> Units:
        d = self.all["dispatches"]
        acted = ~d["binding"].astype(bool) & d["how"].isin(("confirmed", "declined", "expired"))
        d = d[acted.to_numpy() & self._is(self._c)[d["case"]]]
        own = {"department": d["department"].array, "handler": d["person"].array}
        return self._lasting(d["case"].to_numpy(), d["offered_at"], d["ended_at"], own=own, together=True)

    def _is(self, rows: np.ndarray) -> np.ndarray:
        found = np.zeros(len(self.cases), dtype=bool)
        found[rows] = True
        return found

    # --- open

    def _open(self) -> np.ndarray:
        received, closed = self.cases["received_at"].to_numpy(), self.cases["closed_at"].to_numpy()
        turns = self.all["turns"]
        back = self._is(turns["case"][(turns["what"] == "re_entered") & (turns["at"] >= self.end)].to_numpy())
        found: np.ndarray = (received < self.end) & ~back & (np.isnat(closed) | (closed >= self.end))
        earlier = turns[back[turns["case"]] & (turns["at"] < self.end)].sort_values("seq")
        last = earlier.drop_duplicates("case", keep="last")
        found[last["case"][last["what"].isin(("received", "re_entered"))]] = True
        return found

    @cached_property
    def _at_end(self) -> tuple[np.ndarray, np.ndarray]:
        """Open and not asked; open and asked."""
        s = self.all["surveys"]
        asked = (
            (s["state"] != "void") & (s["sent_at"] < self.end) & (s["expires_at"] > self.end)
            & (s["answered_at"].isna() | (s["answered_at"] >= self.end))
        )  # fmt: skip
        is_open, is_asked = self._open(), self._is(s["case"][asked].to_numpy())
        return np.flatnonzero(is_open & ~is_asked), np.flatnonzero(is_open & is_asked)

    def _backlog(self, **given: Any) -> Units:
        rows = self._at_end[0]
        begun = seconds(self._at("received_at", rows))
        end = np.full(len(rows), self.end.astype("datetime64[s]").astype("int64"))
        age = pd.Categorical.from_codes(np.searchsorted(np.array([1, 3, 7, 30]) * DAY, end - begun), AGES)
        return self._units(rows, gross=True, own={"age": age}, **{
            key: {"begun": begun, "ended": end}.get(key, value) for key, value in given.items()
        })  # fmt: skip

    def backlog(self) -> Units:
        return self._backlog(unit="count")

    def backlog_age(self) -> Units:
        count = len(self._at_end[0])
        return self._backlog(unit="seconds", begun=None, ended=None, measured=np.ones(count, dtype=bool))

    def in_survey(self) -> Units:
        return self._units(self._at_end[1], gross=True, unit="count")

    # --- events

    def _counting(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[~self.known.out[frame["case"]]]

    @cached_property
    def _offers(self) -> pd.DataFrame:
        d = self.all["dispatches"]
        return self._counting(d[self._within(d["offered_at"])])

    def _offer(self, d: pd.DataFrame, build: Callable[..., Units], *rest: Any, **given: Any) -> Units:
        own = {"department": d["department"].array, "handler": d["person"].array}
        return build(d["case"].to_numpy(), *rest, own=own, **given)

    def _confirmed(self, d: pd.DataFrame) -> Units:
        free = ~d["binding"].astype(bool) & ((d["how"] == "confirmed") | d["ended_at"].isna())
        d = d[free.to_numpy()]
        waits = d["ended_at"].isna().to_numpy()
        return self._offer(d, self._lasting, d["offered_at"], d["ended_at"], pending=waits)

    def confirm_time(self) -> Units:
        return self._confirmed(self._offers)

    def department_response_time(self) -> Units:
        items = self.all["items"]
        among = items["id"][items["kind"] == "collaborate"]
        return self._confirmed(self._offers[self._offers["item_id"].isin(among)])

    def _declined(self, judgement: str) -> Units:
        d = self._offers
        declined = (d["how"] == "declined").to_numpy()
        unjudged = declined & d["judged"].isna().to_numpy()
        return self._offer(
            d, self._units, adds=declined & (d["judged"] == judgement).to_numpy(), pending=unjudged
        )  # fmt: skip

    def buck_passing(self) -> Units:
        return self._declined("passed_on")

    def misrouting(self) -> Units:
        return self._declined("misrouted")

    def clock_attainment(self) -> Units:
        c = self.all["clocks"]
        due, stopped, late = (c[name].to_numpy() for name in ("due_at", "stopped_at", "late_at"))
        decided = np.where(~np.isnat(late), late, np.where(stopped < due, stopped, due))
        passed = ~np.isnat(late) | ~np.isnat(stopped) | (due < self.until)
        rows = np.flatnonzero((decided >= self.start) & (decided < self.end) & passed)
        rows = rows[~self.known.out[c["case"].to_numpy()[rows]]]
        c = c.iloc[rows]
        expired = c["fired"].map(lambda fired: '"100 %"' in fired).astype(bool).to_numpy()
        met = (stopped[rows] <= due[rows]) & np.isnat(late[rows]) & ~expired
        return self._units(c["case"].to_numpy(), adds=met, own={"clock": c["clock"].array})

    def promise_kept(self) -> Units:
        p = self.all["promises"]
        p = self._counting(p[self._within(p["due_at"])])
        waits = ((p["state"] == "open") & (p["due_at"] >= self.until)).to_numpy()
        kept = (p["state"] == "kept").to_numpy()
        return self._units(p["case"].to_numpy(), counted=~waits, adds=kept, pending=waits)

    # --- satisfaction

    def _of_closed(self, frame: pd.DataFrame) -> pd.DataFrame:
        return frame[self._is(self._c)[frame["case"]]]

    def _rated(self, s: pd.DataFrame, adds: np.ndarray, unit: str = "share") -> Units:
        return self._units(s["case"].to_numpy(), adds=adds, own={"handler": s["rated"].array}, unit=unit)

    @cached_property
    def _surveys(self) -> pd.DataFrame:
        return self._of_closed(self.all["surveys"])

    @cached_property
    def _last(self) -> pd.DataFrame:
        s = self._surveys
        return s[s["cycle"].to_numpy() == self.cases["cycle"].to_numpy()[s["case"]]]

    def csat(self) -> Units:
        s = self._last.dropna(subset=["answered_at", "score"])
        return self._rated(s, (s["score"] > 3).to_numpy())

    def csat_first_cycle(self) -> Units:
        s = self._surveys[self._surveys["cycle"] == 1].dropna(subset=["answered_at", "score"])
        return self._rated(s, (s["score"] > 3).to_numpy())

    def first_solution_acceptance(self) -> Units:
        s = self._surveys[self._surveys["cycle"] == 1].dropna(subset=["answered_at", "score"])
        return self._rated(s, (s["score"] > 3).to_numpy() & (self.known.first_answers[s["case"]] == 1))

    def response_rate(self) -> Units:
        reached = self.all["letters"].drop_duplicates()
        s = self._last.merge(reached, on=["case", "cycle"])
        return self._rated(s, (s["answered_at"].notna() & s["score"].notna()).to_numpy())

    def nps(self) -> Units:
        s = self._surveys.dropna(subset=["nps"]).sort_values("cycle").drop_duplicates("case", keep="last")
        points = np.where(s["nps"] >= 9, 1, np.where(s["nps"] <= 6, -1, 0))
        return self._rated(s, points, "points")

    def redispatch_rate(self) -> Units:
        s = self.all["surveys"]
        s = self._counting(s[self._within(s["answered_at"])]).dropna(subset=["score"])
        return self._rated(s, (s["score"] <= 3).to_numpy())

    # --- redress, and what is looked at again

    def _redress(self, paid: bool) -> Units:
        i = self.all["items"]
        i = self._of_closed(i[i["kind"] == "fulfil"])
        i = i[(i["status"] == "done" if paid else i["status"] != "cancelled").to_numpy()]
        own = {"department": i["department"].array, "handler": i["assignee"].array}
        amounts = i["amount"].fillna(0).astype("int64").to_numpy()
        return self._units(i["case"].to_numpy(), adds=amounts, own=own, unit="money")

    def redress_approved(self) -> Units:
        return self._redress(paid=False)

    def redress_paid(self) -> Units:
        return self._redress(paid=True)

    def _checked(self, kind: str, rows: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
        c = self.all["checks"]
        c = c[(c["kind"] == kind).to_numpy() & self._is(rows)[c["case"]]]
        return c, c["done_at"].notna().to_numpy()

    def quality_deviation(self) -> Units:
        c, done = self._checked("quality", self._c)
        bad = c["deviation"].fillna(0).astype(bool).to_numpy()
        return self._units(c["case"].to_numpy(), counted=done, adds=bad, pending=~done)

    def quality_coverage(self) -> Units:
        c, done = self._checked("quality", self._c)
        covered, required = (c[name].fillna(0).to_numpy() for name in ("steps_covered", "steps_required"))
        return self._units(c["case"].to_numpy(), counted=done, adds=covered, weighs=required, pending=~done)

    def grading_accuracy(self) -> Units:
        c, done = self._checked("accuracy", self._r)
        stands = c["stands_for"].to_numpy()
        right = stands * (c["tier"] == c["graded_tier"]).to_numpy()
        return self._units(c["case"].to_numpy(), counted=done, adds=right, weighs=stands, pending=~done)

    def severe_recall(self) -> Units:
        c, done = self._checked("accuracy", self._r)
        stands = c["stands_for"].to_numpy()
        severe, found = (c["tier"] == "severe").to_numpy(), (c["graded_tier"] == "severe").to_numpy()
        return self._units(
            c["case"].to_numpy(), counted=done & severe, adds=stands * found, weighs=stands, pending=~done
        )  # fmt: skip
