"""The process engine: what happens to a running process, as pure functions over values.

`start` and `advance` move an instance; `timers`, `waits`, `places` and `data` look at it.
"""

from bpmn.engine.advance import Advance, advance, start
from bpmn.engine.timers import Due, Timer, timers
from bpmn.engine.waits import Wait, data, next_activation, places, waits
from bpmn.program import Before, Level, Share

__all__ = [
    "Advance",
    "Before",
    "Due",
    "Level",
    "Share",
    "Timer",
    "Wait",
    "advance",
    "data",
    "next_activation",
    "places",
    "start",
    "timers",
    "waits",
]
