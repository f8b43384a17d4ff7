"""Submissions that are too alike: copies are told, right work that was written apart is not."""

import ast
import json
import os
import random
import time
from itertools import combinations
from pathlib import Path

import pytest

from foodcourt.catalog import exercises
from foodcourt.classroom.submissions import Entry
from foodcourt.grading.intake import digest_of, pieces
from foodcourt.review.similar import write_similar
from foodcourt.similarity.pairs import find_similar
from foodcourt.workbook import Workbook

ROOT = Path(__file__).resolve().parents[2]
ALL = exercises(Workbook(ROOT))
EX1 = ALL[0]
GENERATED = ("_pb2.py", "_pb2_grpc.py")


def entry(learner, folder, exercise=EX1, problem=""):
    """One learner's work, as it is found in the folder of a class."""
    return Entry(learner, exercise, folder, False, "" if problem else digest_of(pieces(folder))[0], problem)


def written_apart(exercise):
    """Right work, none of which was written with another in view."""
    folders = sorted((ROOT / "tests" / "submissions" / exercise.slug / "right").iterdir())
    return [
        *(entry(folder.name, folder, exercise) for folder in folders),
        entry("solution", exercise.solution, exercise),
    ]


def sources(folder):
    """Give the Python files of a submission that a person wrote."""
    files = {
        str(path.relative_to(folder)): path for path in folder.rglob("*.py") if not path.name.endswith(GENERATED)
    }
    return {name: path.read_text(encoding="utf-8-sig") for name, path in files.items()}


class Rename(ast.NodeTransformer):
    """Gives new names to all that the source names itself."""

    def __init__(self, names):
        self.names = names

    def generic_visit(self, node):
        super().generic_visit(node)
        for attribute in ("id", "arg", "name"):
            old = getattr(node, attribute, None)
            if isinstance(old, str) and not isinstance(node, ast.keyword | ast.alias):
                setattr(node, attribute, self.names.get(old, old))
        return node


def disguise(source, more=0, seed=1):
    """Do to a file what a copier does: other names, functions in another order, no comments, another layout.

    Args:
        source: the file.
        more: so many statements that do nothing are put into it.
        seed: which ones, and where.
    """
    chance = random.Random(seed)
    tree = ast.parse(source)
    given = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            given.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            given.add(node.name)
        elif isinstance(node, ast.arg):
            given.add(node.arg)
    tree = Rename({name: f"mine_{number}" for number, name in enumerate(sorted(given - {"self"}))}).visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                first.value.value = "Changed."
    places = [at for at, node in enumerate(tree.body) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    functions = [tree.body[at] for at in places]
    chance.shuffle(functions)
    for at, function in zip(places, functions, strict=True):
        tree.body[at] = function
    bodies = [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
    for _ in range(more):
        statement = chance.choice(["print('x')", "y = len('abc') + 1", "if not 1: pass", "assert True"])
        body = chance.choice(bodies)
        body.insert(chance.randrange(len(body) + 1), ast.parse(statement).body[0])
    return ast.unparse(ast.fix_missing_locations(tree))


def write(folder, files):
    """Write files into a folder, and give it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def copy(original, folder, more=0):
    """A copy of somebody's work that does not look like one."""
    files = {
        name: disguise(text, more, seed=f"{original.learner} {name}")
        for name, text in sources(original.folder).items()
    }
    return entry(f"{original.learner} copied", write(folder, files), original.exercise)


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.slug)
def test_right_work_that_was_written_apart_is_not_told(exercise):
    """Neither in a class, nor two of them by themselves: a small exercise is solved alike by many."""
    works = written_apart(exercise)
    assert find_similar(works) == []
    some = list(combinations([*works[:-2:3], *works[-2:]], 2))
    assert [found for pair in some for found in find_similar(pair)] == []


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.slug)
def test_every_copy_is_told_and_nothing_else(exercise, tmp_path):
    """Other names, another order, another layout: each of all the right work is found again in its copy."""
    works = written_apart(exercise)
    copies = [copy(work, tmp_path / str(number)) for number, work in enumerate(works)]
    pairs = find_similar([*works, *copies])
    assert {(pair.a, pair.b) for pair in pairs} == {(work.learner, f"{work.learner} copied") for work in works}
    assert all(pair.passages for pair in pairs)


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.slug)
def test_statements_put_in_between_hide_nothing(exercise, tmp_path):
    """With three more in each file nearly all copies are told; two small ones may get away."""
    works = written_apart(exercise)
    copies = [copy(work, tmp_path / str(number), more=3) for number, work in enumerate(works)]
    told = {(pair.a, pair.b) for pair in find_similar([*works, *copies])}
    right = {(work.learner, f"{work.learner} copied") for work in works}
    assert told <= right
    assert len(right - told) <= 2


def test_two_by_themselves_are_compared(tmp_path):
    """A class of two can hold a copy."""
    original = written_apart(EX1)[0]
    (pair,) = find_similar([copy(original, tmp_path), original])
    assert (pair.a, pair.b, pair.exercise) == (original.learner, f"{original.learner} copied", EX1)
    assert pair.score > 0.9


def test_all_of_a_ring_are_told(tmp_path):
    """Four who share one work are six pairs, whoever else is in the class."""
    works = written_apart(EX1)
    ring = [entry(f"r{number}", write(tmp_path / str(number), sources(works[3].folder))) for number in range(3)]
    told = {frozenset((pair.a, pair.b)) for pair in find_similar([*works, *ring])}
    assert told == {frozenset(pair) for pair in combinations(["r0", "r1", "r2", works[3].learner], 2)}


def test_a_copy_in_the_midst_of_much_else_is_told(tmp_path):
    """What was added does not make it less of a copy; nor does it matter in which files it stands."""
    works = written_apart(EX1)
    files = sources(works[1].folder)
    more = "\n".join(sources(works[7].folder).values())
    mixed = write(
        tmp_path, {"orders_service.py": more, "users_service.py": "", "parts/copied.py": files["orders_service.py"]}
    )
    told = [(pair.a, pair.b) for pair in find_similar([*works, entry("zoe", mixed)])]
    assert (works[1].learner, "zoe") in told


def test_the_starter_does_not_count(tmp_path):
    """Who hands in the starter as it is, or with a line in it, is like nobody."""
    works = written_apart(EX1)
    starter = sources(EX1.starter)
    begun = {**starter, "users_service.py": starter["users_service.py"] + "\nUSERS = {1: 'a', 2: 'b'}\n"}
    same = [entry(f"s{number}", write(tmp_path / str(number), starter)) for number in range(3)]
    assert find_similar([*works, *same, entry("begun", write(tmp_path / "begun", begun))]) == []


def test_passages_stand_side_by_side(tmp_path):
    """File and lines in both, the longest first, without what the starter holds."""
    function = (
        "def fetch(uid):\n"
        "    answer = httpx.get(f'/users/{uid}', timeout=2)\n"
        "    if answer.status_code == 404:\n"
        "        raise HTTPException(404)\n"
        "    answer.raise_for_status()\n"
        "    return User(**answer.json(), seen=datetime.now().isoformat())\n"
    )
    other = (
        "class Store(dict):\n"
        "    def keep(self, order):\n"
        "        with closing(sqlite3.connect(PATH)) as base:\n"
        "            base.execute('insert', (order.id, order.item)).fetchone()\n"
    )
    a = write(tmp_path / "a", {"orders_service.py": f"import httpx\n\n{function}\n\n{other}"})
    b = write(tmp_path / "b", {"users_service.py": other, "c/d.py": "\n" * 9 + disguise(function)})
    (pair,) = find_similar([entry("a", a), entry("b", b)])
    assert pair.score == 1
    assert [(one.a_file, one.a_lines, one.b_file, one.b_lines) for one in pair.passages] == [
        ("orders_service.py", (3, 8), "c/d.py", (10, 15)),
        ("orders_service.py", (11, 14), "users_service.py", (1, 4)),
    ]


def test_exercises_and_problems_are_kept_apart(tmp_path):
    """Only work on the same exercise is compared, and only what could be read."""
    original = written_apart(EX1)[0]
    twin = copy(original, tmp_path)
    other = entry("other", twin.folder, ALL[1])
    broken = entry("broken", original.folder, problem="is damaged")
    assert find_similar([original, other, broken]) == []
    assert find_similar([]) == find_similar([original]) == []
    assert len(find_similar([original, twin, other, broken])) == 1


def test_whatever_is_handed_in_is_compared(tmp_path):
    """Source that does not parse, no text at all, much too much of it: a copy is told all the same."""
    good = sources(written_apart(EX1)[0].folder)
    broken = {name: text.replace("return", "retrun", 1) + "\ndef (:\n" for name, text in good.items()}
    noise = random.Random(1).randbytes(3_000)
    huge = {
        **good,
        "a.py": "x = [\n" + "    1,\n" * 30_000,
        "z.py": noise,
    }
    folders = [write(tmp_path / "good", good), write(tmp_path / "broken", broken), write(tmp_path / "huge", huge)]
    (folders[2] / os.fsdecode(b"\xff.py")).write_bytes(noise)
    (folders[2] / "link.py").symlink_to("/etc/passwd")
    empty = write(tmp_path / "empty", {"orders_service.py": b"", "users_service.py": noise})
    told = find_similar([*(entry(folder.name, folder) for folder in folders), entry("empty", empty)])
    assert {(pair.a, pair.b) for pair in told} == {("broken", "good"), ("broken", "huge"), ("good", "huge")}


def test_pairs_are_written_as_json(tmp_path):
    """A pair a line, in ASCII, whatever the names hold."""
    original = written_apart(EX1)[0]
    twin = copy(original, tmp_path / "twin")
    names = ("</script>\n🍜", os.fsdecode(b"\xff"))
    pairs = find_similar([entry(names[0], original.folder), entry(names[1], twin.folder)])
    write_similar(tmp_path, (pair.as_json() for pair in pairs), {EX1.slug})
    text = (tmp_path / "similarity.json").read_text()
    assert text.isascii()
    (read,) = json.loads(text)
    assert list(read) == ["exercise", "a", "b", "score", "passages"]
    assert (read["exercise"], {read["a"], read["b"]}) == (EX1.slug, set(names))
    assert 0.87 <= read["score"] <= 1
    assert set(read["passages"][0]) == {"a_file", "a_lines", "b_file", "b_lines"}
    write_similar(tmp_path, (), {EX1.slug})
    assert json.loads((tmp_path / "similarity.json").read_text()) == []


@pytest.mark.timeout(60)
def test_a_class_of_three_hundred_is_compared_in_seconds(tmp_path):
    """44,850 pairs; and where all are copies of a few, no more is told than anybody reads."""
    works = written_apart(EX1)
    class_ = [copy(works[number % 12], tmp_path / str(number)) for number in range(60)]
    class_ = [
        Entry(f"{number}", EX1, one.folder, False, f"{number % 60}", "") for number, one in enumerate(class_ * 5)
    ]
    began = time.process_time()
    pairs = find_similar(class_)
    assert time.process_time() - began < 15
    assert len(pairs) == 500
