"""What is left of a program when all is taken away that the contract plainly leaves open."""

from __future__ import annotations

import ast

__all__ = ["meaning"]

_LOGGERS = {"log", "logger", "logging"}
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical", "log"}
_ONLY_SHOWN = {"title", "description", "version", "summary"}


def meaning(source: str) -> str:
    """Give the program without comments, docstrings, log messages, texts of a `detail`, and FastAPI's title.

    Raises:
        SyntaxError: it is no program.
    """
    return ast.unparse(ast.fix_missing_locations(_Essence().visit(ast.parse(source))))


class _Essence(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = _name(node.func)
        if name == "HTTPException":
            # The text of a detail is free, and without one FastAPI takes the status's own words.
            node.args = node.args[:1]
            node.keywords = [keyword for keyword in node.keywords if keyword.arg != "detail"]
        elif name == "FastAPI":
            node.keywords = [keyword for keyword in node.keywords if keyword.arg not in _ONLY_SHOWN]
        elif name in _LEVELS and isinstance(node.func, ast.Attribute) and _name(node.func.value) in _LOGGERS:
            return ast.Constant(None)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if isinstance(node.value, ast.Constant) else node  # a docstring, or what was a log message


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
