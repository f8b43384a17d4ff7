"""The learner file."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from foodcourt.notebook.learner_file import LEARNER_FILE_VARIABLE, learner_file, recall, record


@pytest.fixture
def path(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "learner.json"
    monkeypatch.setenv(LEARNER_FILE_VARIABLE, str(path))
    return path


@pytest.mark.usefixtures("path")
def test_recalls_what_was_recorded():
    """A value is found under its section and key, and nowhere else."""
    assert recall("guesses", "02.a") is None
    record("guesses", "02.a", 2.5)
    record("answers", "02.a", "Wörter")
    assert recall("guesses", "02.a") == 2.5
    assert recall("answers", "02.a") == "Wörter"


@pytest.mark.usefixtures("path")
def test_loses_nothing_when_many_write_at_once():
    """Two notebooks that record at the same moment both find their value afterwards."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: record("guesses", f"k{number}", number), range(40)))
    assert [recall("guesses", f"k{number}") for number in range(40)] == list(range(40))


def test_leaves_one_whole_file(path):
    """Writing leaves no scratch files beside the learner file."""
    record("guesses", "02.a", 1)
    assert sorted(file.name for file in path.parent.iterdir()) == ["learner.json", "learner.lock"]


@pytest.mark.parametrize("content", ["{ not json", "[1, 2]", '{"guesses": 7}'])
def test_keeps_a_broken_file_aside(path, content):
    """A file that somebody broke by hand is put aside, and the notebook goes on."""
    path.parent.mkdir()
    path.write_text(content)
    assert recall("guesses", "02.a") is None
    record("guesses", "02.a", 3)
    assert recall("guesses", "02.a") == 3
    assert path.with_suffix(".broken.json").read_text() == content


def test_lies_in_the_workbook_by_default(workbook, monkeypatch):
    """Without the variable the file lies in the workbook's state folder."""
    monkeypatch.delenv(LEARNER_FILE_VARIABLE, raising=False)
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    assert learner_file() == workbook.state / "learner.json"
