"""`python -m tests.bench.reviewing URL MONTH OUT`: the whole review of a month, in a process of its own.

Counted, judged, frozen, composed, written as Markdown and as HTML. Facts go to OUT; seconds and peak memory to
standard output.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from datetime import time as clock
from pathlib import Path

from bpmn.calendar import Calendar
from review import html, markdown
from review.composing import compose
from review.month import Months
from store.database import Database
from tests.bench.peak import peak_mb
from tests.contract.casework import shipped
from tests.contract.figures.population import AS_OF, ZONE

OFFICE = Calendar(
    name="office", version="1", zone=ZONE,
    week=((((clock(9), clock(12)), (clock(13), clock(18)))),) * 5 + ((), ()),
    holidays=frozenset({date(2025, 12, 25), date(2025, 12, 26), date(2026, 1, 1)}),
)  # fmt: skip


def main(url: str, month: str, out: Path) -> None:
    began = time.perf_counter()
    database = Database(url)
    found = Months(database, ZONE, OFFICE).get(month, AS_OF)
    counted = time.perf_counter() - began
    assert found.frozen, "a month that is over"
    _, books = shipped()
    document = compose(found, books, "en", "")
    markdown.render(document)
    html.whole(document)
    took = time.perf_counter() - began
    out.write_text(json.dumps(found.facts), encoding="utf-8")
    print(json.dumps({"seconds": took, "counting_seconds": counted, "peak_mb": peak_mb()}))
    database.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
