"""The report card is of these exercises and these survivors, and can be found."""

from pathlib import Path

import pytest
from proof.mutations import mutants_of
from proof.survivors import KINDS, read_table

from foodcourt.catalog import exercises
from foodcourt.workbook import Workbook

ROOT = Path(__file__).parents[2]
CARD = ROOT / "docs" / "report-card.md"
EXERCISES = exercises(Workbook(ROOT))
SURVIVORS = read_table()


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_the_card_has_every_exercise(exercise):
    """Each exercise that can be graded has its line, measured or not: `make report-card` writes it."""
    assert f"| `{exercise.slug}` |" in CARD.read_text(encoding="utf-8")


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_every_survivor_is_explained_and_on_the_card(exercise):
    """No mutant passes without a person having said why, where readers of the card find it."""
    card = CARD.read_text(encoding="utf-8")
    for survivor in SURVIVORS.get(exercise.slug, []):
        assert survivor.kind in KINDS, survivor.change
        assert survivor.reason, survivor.change
        assert survivor.reason in card


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.slug)
def test_the_table_holds_mutants_of_the_solution_as_it_is(exercise):
    """A survivor whose line of the solution has changed since is none any more."""
    changes = {mutant.change for mutant in mutants_of(exercise.solution)}
    assert [survivor.change for survivor in SURVIVORS.get(exercise.slug, []) if survivor.change not in changes] == []


def test_the_readme_links_the_card():
    """Who reads the README finds out how often the grader is right."""
    assert "(docs/report-card.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
