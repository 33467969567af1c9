"""Messages of the real citizen stream as hook bodies. Read beside the checkout, never copied."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from tests.shared import shared

FILE = "zh_citizen_messages_stream.csv.gz"


def messages(count: int) -> Iterator[dict[str, Any]]:
    """The first `count` messages: number, user and text become external id, customer and text.

    All happened a minute ago; the same call gives the same bodies only once.
    """
    happened = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    with gzip.open(shared("data", FILE), "rt", encoding="utf-8-sig", newline="") as lines:
        for row in islice(csv.DictReader(lines), count):
            yield {
                "occurred_at": happened,
                "external_id": row["留言编号"],
                "customer": {"id": row["留言用户"], "language": "zh"},
                "text": f"{row['留言主题']}\n{row['留言详情'].strip()}",
            }
