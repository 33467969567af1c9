"""Everything an expression can be refused or fail for. Static mistakes carry the place and the near name."""

from __future__ import annotations

from bpmn.findings import Finding
from bpmn.model import Place


class FeelError(Exception):
    """Base of all errors of the expression language."""


class TypeTextError(FeelError):
    """The text of a declared type is not one of the types of the process language."""


class WrongValue(FeelError):
    """A value is not of the type it was declared to have, so it cannot be used or written down."""


class ExpressionError(FeelError):
    """An expression that cannot be used: `place`, `message`, and the `near` name when one is close."""

    def __init__(self, place: Place, message: str, near: str | None = None) -> None:
        self.place = place
        self.message = message
        self.near = near
        super().__init__(str(Finding(place, message, near)))

    @property
    def finding(self) -> Finding:
        return Finding(self.place, self.message, self.near)


class SyntaxRefused(ExpressionError):
    """The text is not in the supported part of FEEL."""


class UnknownName(ExpressionError):
    """A name, or a field of a context, that nobody declared."""


class UnknownFunction(ExpressionError):
    """A function that the language does not have."""


class WrongArity(ExpressionError):
    """A function called with too few or too many arguments."""


class WrongType(ExpressionError):
    """An operation, function or target that does not take a value of this type."""


class UnknownEnumValue(WrongType):
    """A text that is none of the values of the enum it is compared with or assigned to."""


class EvaluationError(ExpressionError):
    """A well-typed expression met a value at run that it cannot work with."""
