"""The mutants of a solution: the same files with one thing changed in one of them."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst

from proof.meaning import meaning
from proof.operators import OPERATORS
from proof.proto import proto_mutations

__all__ = ["Change", "Mutant", "mutants_of", "python_mutants"]


@dataclass(frozen=True, order=True)
class Change:
    """What a mutant changes, as the table of survivors names it. Line numbers would not outlive edits elsewhere.

    Attributes:
        file: name of the file.
        inside: function or class that it lies in, with dots; empty at the top.
        was: the lines as they are, on one line.
        now: what stands there instead.
    """

    file: str
    inside: str
    was: str
    now: str

    def __str__(self) -> str:
        """Give it on one line."""
        return f"{self.file}{f' {self.inside}' if self.inside else ''}: `{self.was}` → `{self.now or '(nothing)'}`"


@dataclass(frozen=True)
class Mutant:
    """One changed file of a solution."""

    change: Change
    text: str


def mutants_of(solution: Path) -> list[Mutant]:
    """Give all mutants of a solution, file by file; generated files have none."""
    found: list[Mutant] = []
    for path in sorted(solution.glob("*.py")):
        if "_pb2" not in path.stem:
            found += python_mutants(path.name, path.read_text(encoding="utf-8"))
    for path in sorted(solution.glob("*.proto")):
        source = path.read_text(encoding="utf-8")
        found += [Mutant(_change(path.name, inside, source, text), text) for inside, text in proto_mutations(source)]
    return found


def python_mutants(file: str, source: str) -> list[Mutant]:
    """Give the mutants of one file: those that are programs, differ in what they mean, and differ from each other."""
    module = cst.MetadataWrapper(cst.parse_module(source)).module  # gives each node an identity of its own
    seen = {meaning(source)}
    found: list[Mutant] = []
    for text, inside in _changed(module):
        try:
            means = meaning(text)
        except SyntaxError:
            continue
        if means not in seen:
            seen.add(means)
            found.append(Mutant(_change(file, inside, source, text), text))
    return found


def _changed(module: cst.Module) -> Iterator[tuple[str, str]]:
    """Give each changed text, and what the change lies in. Only the statement that changed is written anew."""
    pieces = [module.code_for_node(statement) for statement in module.body]
    code = module.code
    start = code.index("".join(pieces))
    for number, statement in enumerate(module.body):
        visitor = _Visitor()
        statement.visit(visitor)
        before = code[: start + sum(map(len, pieces[:number]))]
        after = code[len(before) + len(pieces[number]) :]
        for inside, node, instead in visitor.found:
            changed = statement.deep_replace(node, instead)
            assert isinstance(changed, cst.CSTNode)
            yield before + module.code_for_node(changed) + after, inside


class _Visitor(cst.CSTVisitor):
    """Asks every operator at every node. mutmut's own visitor leaves out decorated functions: all our routes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self._inside: list[str] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Annotation):
            return False
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self._inside.append(node.name.value)
        inside = ".".join(self._inside)
        for kind, operator in OPERATORS:
            if isinstance(node, kind):
                self.found += [(inside, node, instead) for instead in operator(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self._inside.pop()


def _change(file: str, inside: str, source: str, text: str) -> Change:
    was, now = [], []
    for line in list(difflib.unified_diff(source.splitlines(), text.splitlines(), n=0, lineterm=""))[2:]:
        if not line.startswith("@@"):
            (was if line.startswith("-") else now).append(line[1:].strip())
    return Change(file, inside, " ".join(was), " ".join(now))
