"""How the mutants of an exercise fared, put together from the verdicts that are stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from foodcourt.catalog import Exercise
from proof.graded import Graded
from proof.mutations import Change, Mutant, mutants_of
from proof.store import FOLDER, Store, checker_digest, digest, engine_digest, files_of
from proof.survivors import Survivor

__all__ = ["Fate", "Field", "Tally", "fate", "tally"]


class Fate(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    BY_STRETCH = "killed by a stretch check alone"
    SURVIVED = "survived"
    ERROR = "error"
    """The grader broke on it: a bug of ours, and no verdict."""


def fate(graded: Graded) -> Fate:
    """Say what became of a mutant. The solution passes all checks, so any that fails has seen the change."""
    if graded.errors:
        return Fate.ERROR
    if graded.failed:
        return Fate.KILLED
    return Fate.BY_STRETCH if graded.stretch_failed or graded.skipped else Fate.SURVIVED


class Field:
    """The mutants of one exercise, and the key that each verdict is stored by."""

    def __init__(self, exercise: Exercise) -> None:
        """Make the mutants; nothing is graded."""
        self.exercise = exercise
        self._files = files_of(exercise.solution)
        self._checker = checker_digest(exercise.checker)

    @cached_property
    def mutants(self) -> dict[str, Mutant]:
        """All mutants by key: it changes with the mutant, the rest of the solution, and the checker."""
        return {self._key(mutant): mutant for mutant in mutants_of(self.exercise.solution)}

    def _key(self, mutant: Mutant) -> str:
        return digest(self._files | {mutant.change.file: mutant.text.encode()}, self._checker)

    @property
    def store(self) -> Store:
        """Where the verdicts are kept."""
        return Store(FOLDER / f"mutants_{self.exercise.slug}.jsonl")


@dataclass(frozen=True)
class Tally:
    """The count.

    Attributes:
        total: how many mutants there are.
        killed: how many a required check saw.
        by_stretch: the checks that saw what no required one did, by change.
        survivors: those that passed everything.
        errors: those on which the grader broke.
        ungraded: how many have no verdict yet.
        earlier: how many verdicts were given by an engine that has changed since.
        stale: explained survivors of the table that are killed by now, or are no mutants any more.
    """

    total: int
    killed: int = 0
    by_stretch: dict[Change, list[str]] = field(default_factory=dict)
    survivors: list[Survivor] = field(default_factory=list)
    errors: list[Graded] = field(default_factory=list)
    ungraded: int = 0
    earlier: int = 0
    stale: list[Survivor] = field(default_factory=list)

    @property
    def unexplained(self) -> list[Survivor]:
        """Survivors of which nobody said why."""
        return [survivor for survivor in self.survivors if not survivor.explained]

    @property
    def wrong(self) -> int:
        """How many graded mutants are no longer right work: all but the survivors that keep the contract."""
        right = sum(survivor.still_right for survivor in self.survivors)
        return self.total - self.ungraded - len(self.errors) - right

    @property
    def caught(self) -> int:
        """How many of those some check saw."""
        return self.killed + len(self.by_stretch)

    @property
    def share(self) -> float:
        """The part of wrong mutants that is caught; 1 when there are none."""
        return self.caught / self.wrong if self.wrong else 1.0


def tally(field_: Field, known: Sequence[Survivor]) -> Tally:
    """Count the stored verdicts of an exercise's mutants, with what the table says of the survivors."""
    store, engine = field_.store, engine_digest()
    killed = ungraded = earlier = 0
    by_stretch: dict[Change, list[str]] = {}
    survived: list[Change] = []
    errors: list[Graded] = []
    waiting: set[Change] = set()
    for key, mutant in field_.mutants.items():
        stored = store.get(key)
        if stored is None:
            ungraded += 1
            waiting.add(mutant.change)
            continue
        graded = Graded.read(stored)
        earlier += graded.engine != engine
        match fate(graded):
            case Fate.KILLED:
                killed += 1
            case Fate.BY_STRETCH:
                by_stretch[mutant.change] = graded.stretch_failed
            case Fate.SURVIVED:
                survived.append(mutant.change)
            case Fate.ERROR:
                errors.append(graded)
    explained = {survivor.change: survivor for survivor in known}
    return Tally(
        total=len(field_.mutants),
        killed=killed,
        by_stretch=by_stretch,
        survivors=[explained.get(change, Survivor(change)) for change in survived],
        errors=errors,
        ungraded=ungraded,
        earlier=earlier,
        stale=[one for one in known if one.explained and one.change not in {*survived, *waiting}],
    )
