"""The stored verdicts, and the keys by which a second run knows what it need not do again."""

import pytest
from proof.store import Store, checker_digest, digest, files_of, submission_digest


@pytest.fixture
def checker(tmp_path):
    """A folder as a checker's."""
    folder = tmp_path / "checker"
    folder.mkdir()
    (folder / "check_1.py").write_text("assert True\n")
    (folder / "hints.toml").write_text("")
    return folder


def test_what_was_added_is_there_for_the_next_run(tmp_path):
    """A result is on the disk once it was added; the last one of a key counts."""
    path = tmp_path / "deep" / "results.jsonl"
    Store(path).add({"key": "a", "passed": False})
    Store(path).add({"key": "a", "passed": True})
    assert Store(path).get("a") == {"key": "a", "passed": True}
    assert "b" not in Store(path)


def test_a_line_that_was_cut_off_is_left_out(tmp_path):
    """A run killed while it wrote costs that one result, not those before and not the next one."""
    path = tmp_path / "results.jsonl"
    path.write_text('{"key": "a", "passed": true}\n{"key": "b", "pas')
    Store(path).add({"key": "c"})
    store = Store(path)
    assert "a" in store
    assert "b" not in store
    assert "c" in store


def test_the_key_changes_with_every_file(checker):
    """A checker's hash follows its files and their names, but neither hints nor caches."""
    before = checker_digest(checker)
    (checker / "hints.toml").write_text("[x]\n")
    (checker / "__pycache__").mkdir()
    (checker / "__pycache__" / "check_1.pyc").write_bytes(b"\0")
    assert checker_digest(checker) == before
    (checker / "check_1.py").rename(checker / "check_2.py")
    assert checker_digest(checker) != before


def test_the_key_of_a_submission_changes_with_its_checker_but_not_with_what_we_expect(checker, tmp_path):
    """What expect.toml says is compared with a verdict; it does not change it."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "service.py").write_text("app = 1\n")
    key = submission_digest(work, "one")
    (work / "expect.toml").write_text("names = []\n")
    assert submission_digest(work, "one") == key
    assert submission_digest(work, "two") != key


def test_parts_do_not_run_into_each_other():
    """Moving text from one file into the next one changes the hash."""
    assert digest({"a": b"1", "b": b"23"}) != digest({"a": b"12", "b": b"3"})
    assert digest("ab", "c") != digest("a", "bc")


def test_files_of_subfolders_count_by_their_path(tmp_path):
    """A helper package belongs to the work."""
    (tmp_path / "helpers").mkdir()
    (tmp_path / "helpers" / "a.py").write_text("x")
    assert files_of(tmp_path) == {"helpers/a.py": b"x"}
