"""What the figures by pandas ask of complaints whichever month it is: worked out once, for all of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tests.bench.by_pandas.tables import Tables, seconds

DAY = 86_400
SUPERIORS = ("supervisor", "approver", "executive")


class Known:
    """Of each complaint, by its number."""

    def __init__(self, tables: Tables) -> None:
        self.all, cases = tables, tables.cases
        self.status = cases["status"].astype(str).to_numpy()
        self.out = np.isin(self.status, ("merged", "void"))
        self.withdrawn = self.status == "withdrawn"
        items = tables["items"]
        worked = items["status"].isin(("confirmed", "done")) & (items["kind"] != "ask_score")
        self.by_people = self._any(items["case"][worked])
        self.superior = self._any(items["case"][items["duty"].isin(SUPERIORS)])
        self.first_light = self._any(tables["light"]["case"])
        granted = items[(items["kind"] == "fulfil") & (items["status"] != "cancelled")]
        of_last = granted["cycle"].to_numpy() == cases["cycle"].to_numpy()[granted["case"]]
        self.granted = self._any(granted["case"][of_last])
        sent = tables["decisions"].groupby("case")
        self.first_sent = self._of(sent["sent_at"].max(), "datetime64[us]")
        self.first_answers = sent.size().reindex(range(len(cases)), fill_value=0).to_numpy()
        self.repeated = self._repeated()
        self.fixed = self._fixed()

    def _any(self, rows: pd.Series) -> np.ndarray:
        found = np.zeros(len(self.all.cases), dtype=bool)
        found[rows.to_numpy()] = True
        return found

    def _of(self, found: pd.Series, dtype: str) -> pd.Series:
        return found.reindex(range(len(self.all.cases))).astype(dtype)

    def _repeated(self) -> np.ndarray:
        """Whether an earlier one of the customer in the category that counts came within 90 days."""
        cases = self.all.cases
        key = cases["customer_id"].cat.codes.astype("int64") * 1_000 + cases["category"].cat.codes
        mine = pd.DataFrame({"key": key, "at": cases["received_at"], "case": range(len(cases))})
        mine = mine[cases["category"].notna() & cases["customer_id"].notna()].sort_values("at")
        before = mine[~self.out[mine["case"]]].rename(columns={"case": "before"}).assign(earlier=mine["at"])
        near = pd.merge_asof(mine, before, on="at", by="key", allow_exact_matches=False)
        found = np.zeros(len(cases), dtype=bool)
        age = seconds(near["at"]) - seconds(near["earlier"])
        found[near["case"].to_numpy()] = near["before"].notna().to_numpy() & (age <= 90 * DAY)
        return found

    def _fixed(self) -> np.ndarray:
        cases, rounds = self.all.cases, self.all["rounds"].dropna(subset=["done_at"])
        found = np.zeros(len(cases), dtype=bool)
        for by in ("category", "channel", "department", "region", "product"):
            done = rounds[rounds["dimension"] == by].groupby("group_key")["done_at"].min()
            mapped = cases[by].map(done)
            found |= pd.to_datetime(mapped).to_numpy() < cases["received_at"].to_numpy()
        return found
