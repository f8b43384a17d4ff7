"""Which exercises there are, where their files lie, and what each check is worth.

A check is declared once, by the marker on its test in `checkers/<exercise>/check_*.py`. This module reads the markers
without running a line of the checker, so that every check is known, by name and points, before grading starts: one
that never reports back is then seen to be missing.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from foodcourt.errors import GraderError, UsageError
from foodcourt.workbook import Workbook

__all__ = ["CheckSpec", "Exercise", "Imports", "exercises", "find_exercise", "read_imports"]

_HINT_LEVELS = 3


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One check, as its marker declares it.

    Attributes:
        id: such as `orders.timeout`.
        title: what it shows, as a sentence without a subject; the first line of the test's docstring.
        points: what it adds to the score, or to the bonus if `stretch`.
        needs: ids of the checks without which it makes no sense.
        stretch: not required; adds to the bonus only.
        limit: seconds that it may take in all.
        hints: three, each telling more than the one before.
        function: name of the test function.
    """

    id: str
    title: str
    points: int
    needs: tuple[str, ...]
    stretch: bool
    limit: float
    hints: tuple[str, ...]
    function: str


@dataclass(frozen=True, slots=True)
class Imports:
    """What is imported ahead by the parents of the processes that grade an exercise: `checker.toml` says it.

    Attributes:
        commands: which of the learner's programs are forked from a parent that imported their libraries.
        programs: modules that this parent imports beyond those.
        checkers: modules that the parent of the checkers imports.
    """

    commands: tuple[str, ...]
    programs: tuple[str, ...]
    checkers: tuple[str, ...]


@dataclass(frozen=True)
class Exercise:
    """One exercise of the workbook.

    Attributes:
        slug: the name of its folder in exercises/, solutions/ and checkers/.
        workbook: where those folders lie.
    """

    slug: str
    workbook: Workbook

    @property
    def number(self) -> int:
        """The exercise's number."""
        return int(self.slug.removeprefix("ex").partition("_")[0])

    @property
    def title(self) -> str:
        """The slug as words: `Exercise 1: two services`."""
        return f"Exercise {self.number}: {self.slug.partition('_')[2].replace('_', ' ')}"

    @property
    def starter(self) -> Path:
        """What the learner edits."""
        return self.workbook.exercises / self.slug

    @property
    def solution(self) -> Path:
        """One right answer."""
        return self.workbook.solutions / self.slug

    @property
    def checker(self) -> Path:
        """The pytest files that grade it."""
        return self.workbook.checkers / self.slug

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The Python files that a submission consists of: those of the starter."""
        return tuple(sorted(path.name for path in self.starter.glob("*.py")))

    @cached_property
    def checks(self) -> tuple[CheckSpec, ...]:
        """The checks in the order in which the checker's files hold them.

        Raises:
            GraderError: a marker or a hint is missing or wrong.
        """
        hints = _read_hints(self.checker / "hints.toml")
        found = [spec for path in sorted(self.checker.glob("check_*.py")) for spec in _read_checks(path, hints)]
        known: set[str] = set()
        for spec in found:
            if unknown := set(spec.needs) - known:
                raise GraderError(
                    f"check {spec.id} of {self.slug} needs {', '.join(unknown)}, not declared before it"
                )
            known.add(spec.id)
        if len(known) != len(found):
            raise GraderError(f"two checks of {self.slug} have the same id")
        return tuple(found)

    @cached_property
    def imports(self) -> Imports:
        """What is imported ahead of grading.

        Raises:
            GraderError: `checker.toml` cannot be read.
        """
        return read_imports(self.checker)

    @property
    def max_score(self) -> int:
        """Points of all required checks together."""
        return sum(spec.points for spec in self.checks if not spec.stretch)

    @property
    def max_bonus(self) -> int:
        """Points of all stretch checks together."""
        return sum(spec.points for spec in self.checks if spec.stretch)


def exercises(workbook: Workbook) -> tuple[Exercise, ...]:
    """Give the exercises that can be graded: those with a starter and a checker, by number."""
    slugs = (path.parent.name for path in workbook.checkers.glob("ex*/hints.toml"))
    found = [Exercise(slug, workbook) for slug in slugs if (workbook.exercises / slug).is_dir()]
    return tuple(sorted(found, key=lambda exercise: exercise.number))


def find_exercise(name: str, workbook: Workbook, command: str = "foodcourt check") -> Exercise:
    """Find an exercise by its folder's name (`ex1_two_services`) or its short form (`ex1`, `1`).

    Args:
        name: what it is called by.
        workbook: where exercises lie.
        command: what the name of an exercise can stand behind, for the advice where there is none of that name.

    Raises:
        UsageError: there is none of that name; the message lists those that there are.
    """
    known = exercises(workbook)
    wanted = Path(name.strip().rstrip("/")).name.lower()
    for exercise in known:
        if wanted in {exercise.slug, f"ex{exercise.number}", str(exercise.number)}:
            return exercise
    listed = "\n".join(f"  ex{exercise.number}  {exercise.slug}" for exercise in known) or "  (none)"
    first = f"ex{known[0].number}" if known else "ex1"
    raise UsageError(f"there is no exercise {name!r}; there are:\n{listed}\ntry: {command} {first}")


def read_imports(checker: Path) -> Imports:
    """Read the `checker.toml` in the folder of a checker.

    Raises:
        GraderError: it is missing, or no such file.
    """
    path = checker / "checker.toml"
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        programs, checkers = table["programs"], table.get("checkers", {})
        return Imports(
            tuple(programs["commands"]), tuple(programs.get("modules", ())), tuple(checkers.get("modules", ()))
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise GraderError(f"cannot read {path}: {error!r}") from error


def _read_hints(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {key: tuple(value["hints"]) for key, value in table.items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GraderError(f"cannot read the hints in {path}: {error!r}") from error


def _read_checks(path: Path, hints: dict[str, tuple[str, ...]]) -> Iterator[CheckSpec]:
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except (SyntaxError, ValueError) as error:
        raise GraderError(f"cannot read the checks in {path}: {error}") from error
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            try:
                yield _read_check(node, hints)
            except (ValueError, KeyError) as error:
                raise GraderError(f"{path.name}: the marker of {node.name} is wrong: {error!r}") from error
            except GraderError as error:
                raise GraderError(f"{path.name}: {node.name} {error}") from error


def _read_check(node: ast.FunctionDef | ast.AsyncFunctionDef, hints: dict[str, tuple[str, ...]]) -> CheckSpec:
    call = next((d for d in node.decorator_list if isinstance(d, ast.Call) and _name(d.func) == "check"), None)
    if call is None or not call.args:
        raise GraderError("has no @check(…) marker")
    if isinstance(node, ast.AsyncFunctionDef):
        raise GraderError("is async: nobody would await it, and it would pass unseen")
    arguments = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    id_ = ast.literal_eval(call.args[0])
    needs = arguments.get("needs", ())
    title = (ast.get_docstring(node) or "").partition("\n")[0]
    if not title or len(hints.get(id_, ())) != _HINT_LEVELS:
        raise GraderError(f"needs a docstring, and {_HINT_LEVELS} hints for {id_} in hints.toml")
    return CheckSpec(
        id=id_,
        title=title,
        points=arguments["points"],
        needs=(needs,) if isinstance(needs, str) else tuple(needs),
        stretch=arguments.get("stretch", False),
        limit=float(arguments.get("limit", 20)),
        hints=hints[id_],
        function=node.name,
    )


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
