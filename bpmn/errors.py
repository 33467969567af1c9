"""What can go wrong while an instance moves. Refusals are a caller's doing, faults are the definition's or ours."""

from __future__ import annotations


class EngineError(Exception):
    """Base of every error of the engine."""


class EngineRefusal(EngineError):
    """The caller asked for something that this instance does not offer (any more); nothing moved."""


class EngineFault(EngineError):
    """The definition or its data led nowhere; nothing moved, and somebody must look at it."""


class DeadActivation(EngineRefusal):
    """The event is addressed to an activation, or a timer of one, that is over. Never buffered."""

    def __init__(self, activation: int | str) -> None:
        self.activation = activation
        super().__init__(f"activation {activation} is over: read the case again and act on what is open now")


class NotReady(EngineRefusal):
    """`Completed` or `Errored` for an activation that waits for something else."""

    def __init__(self, activation: int, element: str) -> None:
        self.activation = activation
        self.element = element
        super().__init__(f"activation {activation} ({element}) is not work to be done: it waits for an event")


class UnknownProcess(EngineError):
    def __init__(self, key: object, known: object) -> None:
        self.key = key
        super().__init__(f"no process {key!r} in these definitions; there are {known}")


class NoSuchStart(EngineError):
    def __init__(self, process: str, message: str | None) -> None:
        self.process = process
        self.message = message
        start = "none start event" if message is None else f"start event for the message {message!r}"
        super().__init__(f"process {process} has no {start}: name another start, or draw one")


class UndeclaredData(EngineError):
    def __init__(self, process: str, name: str) -> None:
        self.process = process
        self.name = name
        super().__init__(f"process {process} declares no data {name!r}: declare data.{name} or leave it out")


class WrongData(EngineFault):
    """A value does not have the type of the declared name it was to be written to."""

    def __init__(self, where: str, name: str, value: object, declared: object) -> None:
        self.where = where
        self.name = name
        super().__init__(
            f"{where}: {value!r} ({type(value).__name__}) does not fit data.{name}, a {declared}"
        )


class WrongResult(EngineError):
    """What an activity or a message gave is not what the vocabulary says of it."""

    def __init__(self, where: str, name: str, value: object, declared: object) -> None:
        self.where = where
        self.name = name
        super().__init__(f"{where}: result.{name} is {value!r} ({type(value).__name__}), not a {declared}")


class NaiveTime(EngineError):
    def __init__(self, now: object) -> None:
        super().__init__(f"{now!r} has no time zone: pass an aware datetime")


class EndlessLoop(EngineFault):
    def __init__(self, moves: int, element: str) -> None:
        self.element = element
        super().__init__(
            f"{moves} moves without waiting, last at {element}: the drawing holds a loop with no wait"
        )


class UncaughtError(EngineFault):
    def __init__(self, code: str, element: str) -> None:
        self.code = code
        self.element = element
        super().__init__(f"nothing catches the error {code!r} of {element}: draw a boundary event for it")


class UncaughtEscalation(EngineFault):
    def __init__(self, code: str, element: str) -> None:
        self.code = code
        self.element = element
        super().__init__(
            f"nothing catches the escalation {code!r} of {element}: draw a boundary event for it"
        )


class NoWayOut(EngineFault):
    def __init__(self, element: str) -> None:
        self.element = element
        super().__init__(f"every condition after {element} is false and it has no default flow: draw one")


class StuckJoin(EngineFault):
    def __init__(self, element: str) -> None:
        self.element = element
        super().__init__(
            f"the join {element} waits for a token that cannot come any more: pair the join with its split"
        )


class UndecidedRule(EngineFault):
    """A business rule task's table gave no answer; the table's own error is the cause."""

    def __init__(self, element: str, table: str, reason: object) -> None:
        self.element = element
        self.table = table
        super().__init__(f"{element}: table {table} gives no answer: {reason}")


class FailedExpression(EngineFault):
    """An expression met a value it cannot work with; the expression's own error, with its place, is the cause."""

    def __init__(self, reason: object) -> None:
        super().__init__(str(reason))


class UnknownTable(EngineFault):
    def __init__(self, element: str, table: str) -> None:
        self.element = element
        self.table = table
        super().__init__(f"{element}: no decision table {table!r} is bound: deploy it with the bundle")


class NoInstant(EngineFault):
    """A timer's expression gave neither an instant nor a duration."""

    def __init__(self, element: str, value: object) -> None:
        self.element = element
        super().__init__(f"timer {element}: {value!r} is neither a time nor a duration")


class ForeignInstance(EngineFault):
    """A saved instance names a process, an element or data that the given definitions do not have."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the saved instance does not belong to these definitions: {what}")
