"""Checkers are collected once for many submissions: what nobody may know before is made up after that."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "checkers").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_is_drawn_when_checks_are_collected(path):
    """No line of a checker that runs when it is imported uses chance: all its submissions would get the same."""
    assert list(_drawn(ast.parse(path.read_text("utf-8")))) == []


def test_a_number_drawn_at_import_is_found():
    """A module, a class and a default value are seen; what a function draws when it is called is not meant."""
    source = """
import random
_random = random.SystemRandom()
NUMBER = _random.randrange(9)
class Stage:
    number = random.random()
def draw(number=random.choice([1])):
    return random.random()
"""
    assert sorted(_drawn(ast.parse(source))) == ["_random.randrange(9)", "random.choice([1])", "random.random()"]


def _drawn(tree):
    """Give the calls of a generator of random numbers that run on import; making one draws nothing."""
    waiting = list(ast.iter_child_nodes(tree))
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if owner.lstrip("_") in {"random", "secrets", "uuid"} and node.func.attr != "SystemRandom":
                yield ast.unparse(node)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            arguments = node.args
            waiting += [one for one in (*arguments.defaults, *arguments.kw_defaults) if one is not None]
        else:
            waiting += ast.iter_child_nodes(node)
