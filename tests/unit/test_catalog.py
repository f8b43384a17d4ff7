"""The catalog of exercises: read off the checkers without running them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from foodcourt.catalog import CheckSpec, Exercise, Imports, exercises, find_exercise
from foodcourt.errors import GraderError, UsageError
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(Path(__file__).resolve().parents[2])
HINTS = 'hints = ["one", "two", "three"]\n'
FIRST = '@check("a.one", points=60)\ndef test_one(submission):\n    """answers the first"""\n'
SECOND = '@check("a.two", points=40, needs="a.one")\ndef test_two(submission):\n    """answers the second"""\n'


@pytest.fixture
def add(workbook):
    """Add an exercise to a workbook: the source of its checks, and its hints."""

    def add(*sources, hints=("a.one", "a.two"), slug="ex7_made_up"):
        checker = workbook.checkers / slug
        checker.mkdir(parents=True)
        (workbook.exercises / slug).mkdir()
        (workbook.exercises / slug / "service.py").write_text("")
        for number, source in enumerate(sources):
            (checker / f"check_{number}.py").write_text(source)
        (checker / "hints.toml").write_text("".join(f'["{id_}"]\n{HINTS}' for id_ in hints))
        return Exercise(slug, workbook)

    return add


def test_checks_are_read_without_running_them(add):
    """Id, title, points and needs of each check are known although its file could not be run."""
    exercise = add("raise RuntimeError\nimport nowhere\n" + FIRST, SECOND)
    assert exercise.checks == (
        CheckSpec("a.one", "answers the first", 60, (), False, 20, ("one", "two", "three"), "test_one"),
        CheckSpec("a.two", "answers the second", 40, ("a.one",), False, 20, ("one", "two", "three"), "test_two"),
    )
    assert (exercise.max_score, exercise.max_bonus) == (100, 0)


def test_a_marker_may_say_more(add):
    """Several needs, a stretch goal, a time limit, and a title that is the first line of a longer docstring."""
    marker = '@mark.check("a.x", points=9, needs=("a.one", "a.two"), stretch=True, limit=5)\n'
    third = marker + 'def test_x():\n    """says\n\n    more.\n    """\n'
    exercise = add(FIRST, SECOND + "\n\ndef helper():\n    pass\n", third, hints=("a.one", "a.two", "a.x"))
    spec = exercise.checks[-1]
    assert (spec.needs, spec.stretch, spec.limit, spec.title) == (("a.one", "a.two"), True, 5.0, "says")
    assert (exercise.max_score, exercise.max_bonus) == (100, 9)


@pytest.mark.parametrize(
    ("sources", "says"),
    [
        ([SECOND], "check a.two of ex7_made_up needs a.one, not declared before it"),
        ([SECOND, FIRST], "check a.two of ex7_made_up needs a.one, not declared before it"),
        ([FIRST.replace("points=60", 'points=60, needs="a.one"')], "needs a.one, not declared before it"),
        ([FIRST, FIRST.replace("test_one", "test_again")], "two checks of ex7_made_up have the same id"),
        ([FIRST.replace("a.one", "a.three")], "check_0.py: test_one needs a docstring, and 3 hints for a.three"),
        ([FIRST.replace('"""answers the first"""', "pass")], "check_0.py: test_one needs a docstring"),
        (["def test_one():\n    pass\n"], "check_0.py: test_one has no @check(…) marker"),
        (["@check()\ndef test_one():\n    pass\n"], "check_0.py: test_one has no @check(…) marker"),
        ([FIRST.replace(", points=60", "")], "check_0.py: the marker of test_one is wrong: KeyError('points')"),
        ([FIRST.replace("60", "SIXTY")], "check_0.py: the marker of test_one is wrong"),
        (["def test_one(:\n"], "cannot read the checks in"),
        ([FIRST.replace("def", "async def")], "check_0.py: test_one is async"),
    ],
)
def test_a_wrong_declaration_is_our_mistake(add, sources, says):
    """What is wrong with a check is said with its file and function, and blamed on the checker."""
    exercise = add(*sources)
    with pytest.raises(GraderError) as caught:
        _ = exercise.checks
    assert says in str(caught.value)


@pytest.mark.parametrize("text", ["[", "", '["a.one"]\n', '["a.one"]\nhints = 3\n', '["a.one"]\nhints = ["one"]\n'])
def test_hints_must_be_whole(add, text):
    """Every check has three hints; a file of hints that lacks them is blamed on the checker."""
    exercise = add(FIRST)
    (exercise.checker / "hints.toml").write_text(text)
    with pytest.raises(GraderError, match=r"hints"):
        _ = exercise.checks


def test_exercises_are_those_with_starter_and_checker(add, workbook):
    """A folder without the other half is no exercise yet; those that are come by number."""
    for slug in ("ex10_late", "ex2_early"):
        add(slug=slug)
    (workbook.checkers / "ex3_no_starter").mkdir()
    (workbook.checkers / "ex3_no_starter" / "hints.toml").write_text("")
    (workbook.exercises / "ex4_no_checker").mkdir()
    assert [exercise.slug for exercise in exercises(workbook)] == ["ex2_early", "ex10_late"]
    assert [exercise.title for exercise in exercises(workbook)] == ["Exercise 2: early", "Exercise 10: late"]


@pytest.mark.parametrize(
    "name", ["ex1_two_services", "ex1", "1", "EX1", " ex1 ", "ex1_two_services/", "exercises/ex1_two_services/"]
)
def test_an_exercise_goes_by_several_names(name):
    """Its folder's name or path, its short form, and its number all name exercise 1."""
    assert find_exercise(name, WORKBOOK).slug == "ex1_two_services"


@pytest.mark.parametrize("name", ["ex1_two_servics", "ex9", "", "x", "11", "ex"])
def test_an_unknown_exercise_is_answered_with_those_there_are(name):
    """A typo is answered with a list of the exercises and the next command."""
    with pytest.raises(UsageError) as caught:
        find_exercise(name, WORKBOOK)
    lines = str(caught.value).splitlines()
    assert lines[0] == f"there is no exercise {name!r}; there are:"
    assert "  ex1  ex1_two_services" in lines
    assert lines[-1] == "try: foodcourt check ex1"
    with pytest.raises(UsageError, match=r"\ntry: foodcourt grade DIR --only ex1$"):
        find_exercise(name, WORKBOOK, "foodcourt grade DIR --only")


def test_a_workbook_without_exercises_says_so(workbook):
    """Where there is no exercise at all, the list says none."""
    with pytest.raises(UsageError, match=r"\(none\)"):
        find_exercise("ex1", workbook)


@pytest.mark.parametrize("exercise", exercises(WORKBOOK), ids=lambda exercise: exercise.slug)
def test_the_catalog_knows_what_pytest_collects(exercise):
    """The checks that are read off the source are those that pytest finds, in its order."""
    config = exercise.checker.parent / "pytest.ini"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-c", config, exercise.checker],
        capture_output=True,
        text=True,
        cwd=WORKBOOK.root,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
    )
    collected = [line.partition("::")[2] for line in done.stdout.splitlines() if "::" in line]
    assert collected == [spec.function for spec in exercise.checks], done.stdout + done.stderr
    assert exercise.max_score == 100
    assert exercise.max_bonus == 10


def test_what_is_imported_ahead_is_read(add):
    """`checker.toml` names the commands, and may name modules for the programs' and for the checkers' parent."""
    exercise = add(FIRST)
    (exercise.checker / "checker.toml").write_text(
        '[programs]\ncommands = ["uvicorn", "celery"]\nmodules = ["redis"]\n[checkers]\nmodules = ["kombu"]\n'
    )
    assert exercise.imports == Imports(("uvicorn", "celery"), ("redis",), ("kombu",))


@pytest.mark.parametrize("text", [None, "", "programs = 3", "[programs]\ncommands = 3", "no toml"])
def test_a_wrong_checker_toml_is_told(add, text):
    """A file that is missing or says something else is a fault of the workbook, and named."""
    exercise = add(FIRST)
    if text is not None:
        (exercise.checker / "checker.toml").write_text(text)
    with pytest.raises(GraderError, match=r"cannot read .*checker\.toml"):
        _ = exercise.imports
