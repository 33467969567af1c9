"""The expression language: a checked subset of FEEL. No clock, no chance, exact numbers."""

from bpmn.feel.errors import (
    EvaluationError,
    ExpressionError,
    FeelError,
    SyntaxRefused,
    TypeTextError,
    UnknownEnumValue,
    UnknownFunction,
    UnknownName,
    WrongArity,
    WrongType,
    WrongValue,
)
from bpmn.feel.expression import Expression, UnaryTest, compile_expression, compile_unary_tests
from bpmn.feel.types import Kind, Type, accepts, parse_type
from bpmn.feel.values import conforms, decode, encode

__all__ = [
    "EvaluationError",
    "Expression",
    "ExpressionError",
    "FeelError",
    "Kind",
    "SyntaxRefused",
    "Type",
    "TypeTextError",
    "UnaryTest",
    "UnknownEnumValue",
    "UnknownFunction",
    "UnknownName",
    "WrongArity",
    "WrongType",
    "WrongValue",
    "accepts",
    "compile_expression",
    "compile_unary_tests",
    "conforms",
    "decode",
    "encode",
    "parse_type",
]
