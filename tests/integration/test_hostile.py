"""Work that attacks the grader, and what comes of it: `tests/submissions/<exercise>/hostile/`.

Those that stand for a kind of attack are graded; with FOODCOURT_EVERY_SUBMISSION=1 all are.
"""

import contextlib
import hashlib
import json
import os
import sys
import threading
from pathlib import Path

import jsonschema
import leaks
import pytest
from hostile import PAGE, ROOT, attacks, written_page

from foodcourt.catalog import find_exercise
from foodcourt.errors import UsageError
from foodcourt.grading.grader import Grader
from foodcourt.grading.verdicts import Outcome
from foodcourt.reports.json_report import schema, to_json
from foodcourt.workbook import Workbook

WORKBOOK = Workbook(ROOT)
EVERY = bool(os.environ.get("FOODCOURT_EVERY_SUBMISSION"))
CANARY = "a-canary-that-nobody-may-see"
OUTSIDE = [Path(name) for name in ("/", "/etc", "/usr", "/root", "/home", "/tmp", "/var/tmp", "/dev/shm", "/run")]
LEFT_BEHIND = "canary-of-the-attacker"
"""The name of the file that attacks leave wherever they may write."""
CHOSEN = [attack for attack in attacks() if EVERY or attack.first]


def fingerprint():
    """Give what stands for all files that an attack would like to read or change."""
    digest = hashlib.sha256()
    for folder in ("solutions", "checkers", "exercises", "src"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@pytest.fixture(scope="module")
def graders():
    """Two graders, as of a class of which two are graded at a time; a secret is in their environment."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOODCOURT_CANARY", CANARY)
        with Grader("required") as grader, Grader("required") as neighbour:
            yield grader, neighbour


@pytest.fixture
def nothing_changes(tmp_path):
    """Neighbours' files, the repository and the folders above stay as they are, and nobody is left there."""
    sibling = tmp_path / "class" / "sibling"
    sibling.mkdir(parents=True)
    (sibling / "users_service.py").write_text(CANARY)
    before = fingerprint()
    yield
    assert fingerprint() == before
    assert (sibling / "users_service.py").read_text() == CANARY
    folders = [*OUTSIDE, Path.home(), Path(sys.prefix), Path.cwd(), *tmp_path.parents]
    assert not [folder for folder in folders if (folder / LEFT_BEHIND).exists()]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("attack", [pytest.param(attack, id=attack.id) for attack in CHOSEN])
def test_an_attack_gains_nothing(graders, attack, tmp_path, nothing_changes):
    """It scores no more than its honest part, is told as the learner's failure, reads nothing, and leaves nothing."""
    grader, neighbour = graders
    exercise = find_exercise(attack.slug, WORKBOOK)
    work = attack.assemble(tmp_path / "class" / "mallory")
    if attack.refused:
        with pytest.raises(UsageError):
            grader.grade(exercise, work)
        return
    beside = {}
    thread = threading.Thread(target=lambda: beside.update(report=neighbour.grade(exercise, exercise.solution)))
    if attack.beside:
        thread.start()
    report = grader.grade(exercise, work)
    text = to_json(report)
    told = "\n".join(f"{check.outcome} {check.id}: {check.message}" for check in report.checks)
    assert not [check.id for check in report.checks if check.outcome is Outcome.ERROR], told
    assert report.score <= attack.max_score, told
    assert report.bonus <= attack.max_bonus, told
    assert CANARY not in text
    assert len(text) < 4 << 20
    jsonschema.validate(json.loads(text), schema())
    leaks.until(lambda: not inside(), within=2 + 60 * attack.beside, what="the end of what the attack started")
    if attack.beside:
        thread.join()
        assert beside["report"].score == 100


def inside():
    """Give the processes of sandboxes that this test's graders made."""
    found = []
    for process in leaks.below(besides=set()):
        with contextlib.suppress(Exception):
            if process.name() == "bwrap":
                found.append(process)
    return found


def test_the_page_tells_all_attacks():
    """docs/security.md has a line for each attack; `python tests/hostile.py` writes them."""
    assert PAGE.read_text(encoding="utf-8") == written_page()
