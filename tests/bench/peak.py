"""How much memory a process has ever held."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb() -> float:
    """Of this process, in megabytes. What was held before its program was loaded does not count."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path("/proc/self/status").read_text(encoding="ascii"), re.M)
    assert found is not None, "Linux tells it"
    return int(found[1]) * 1024 / 1e6
