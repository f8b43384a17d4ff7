"""How a solution is made wrong: mutmut's operators, and some for what services get wrong.

Each takes a node of a syntax tree (libcst) and gives what may stand in its place. mutmut's change numbers, strings,
comparisons, arguments and assigned values; what it lacks is what a learner leaves out: an `await`, a decorator, a
call whose result nobody needs, an exception that is to be caught.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

__all__ = ["OPERATORS"]

_NOTHING = cst.Tuple([])
_NEGATED_BY_MUTMUT = (cst.Comparison, cst.UnaryOperation, cst.BooleanOperation)
_NEGATED = cst.UnaryOperation(cst.Not(), cst.Name("x"))


def leave_out_await(node: cst.Await) -> Iterable[cst.BaseExpression]:
    """`await f()` becomes `f()`."""
    yield node.expression


def leave_out_decorators(node: cst.FunctionDef) -> Iterable[cst.FunctionDef]:
    """Each decorator is missing once."""
    for left_out in node.decorators:
        yield node.with_changes(decorators=[one for one in node.decorators if one is not left_out])


def catch_less(node: cst.ExceptHandler) -> Iterable[cst.ExceptHandler]:
    """The handler catches nothing; and each exception of several is missing once."""
    if node.type is not None:
        yield node.with_changes(type=_NOTHING, whitespace_after_except=cst.SimpleWhitespace(" "))
    if isinstance(node.type, cst.Tuple) and len(node.type.elements) > 1:
        for left_out in node.type.elements:
            rest = [one.with_changes(comma=cst.Comma()) for one in node.type.elements if one is not left_out]
            yield node.with_changes(type=node.type.with_changes(elements=rest))


def turn_condition(node: cst.If | cst.While) -> Iterable[cst.CSTNode]:
    """`if x` becomes `if not x`, where no operator of mutmut turns it."""
    if not isinstance(node.test, _NEGATED_BY_MUTMUT):
        in_brackets = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=_NEGATED.with_changes(expression=in_brackets))


def leave_out_call(node: cst.Expr) -> Iterable[cst.Pass]:
    """`response.raise_for_status()` on a line of its own becomes `pass`."""
    if isinstance(node.value, cst.Call | cst.Await):
        yield cst.Pass()


def leave_out_raise(_: cst.Raise) -> Iterable[cst.Pass]:
    """`raise …` becomes `pass`."""
    yield cst.Pass()


def return_nothing(node: cst.Return) -> Iterable[cst.Return]:
    """`return x` becomes `return None`."""
    if node.value is not None:
        yield node.with_changes(value=cst.Name("None"), whitespace_after_return=cst.SimpleWhitespace(" "))


OPERATORS: list[tuple[type | tuple[type, ...], Callable[[Any], Iterable[cst.CSTNode]]]] = [
    *mutation_operators,
    (cst.Await, leave_out_await),
    (cst.FunctionDef, leave_out_decorators),
    (cst.ExceptHandler, catch_less),
    ((cst.If, cst.While), turn_condition),
    (cst.Expr, leave_out_call),
    (cst.Raise, leave_out_raise),
    (cst.Return, return_nothing),
]
