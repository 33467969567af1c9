"""What a case looks like from outside: plain JSON values for the API, the command line and the pages.

Reading only. Times are ISO 8601 in UTC, amounts minor units, keys as in `names.toml`.
"""

from cases.view.improvements import improvements
from cases.view.pages import complaints, work_items
from cases.view.whole import complaint

__all__ = ["complaint", "complaints", "improvements", "work_items"]
