"""What is read of a learner's folder: text, up to a size, and nothing from outside."""

import os
from pathlib import Path

import pytest
from graded_class import GradedClass, report

from foodcourt.review.differences import differences
from foodcourt.review.folders import FILES_SHOWN, read_folder
from foodcourt.review.handed_in import changed_since, read_submission
from foodcourt.review.highlighting import highlighted


@pytest.fixture
def root(tmp_path):
    (tmp_path / "secret.txt").write_text("SECRET")
    folder = tmp_path / "class" / "ada"
    folder.mkdir(parents=True)
    return folder.parent


def read(root, name="ada"):
    folder = read_folder(root, root / name)
    return folder, {file.name: file for file in folder.files}


def test_text_is_read(root):
    """Text is read as it is, in folders too; line breaks become the same."""
    (root / "ada" / "app").mkdir()
    (root / "ada" / "app" / "deep.py").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\r")
    folder, files = read(root)
    assert folder.problem == ""
    assert (files["app/deep.py"].text, files["app/deep.py"].note) == ("a = 1\nb = 2\n", "")


def test_what_is_no_text(root):
    """Binary files, other encodings, links and special files are told as such."""
    ada = root / "ada"
    (ada / "image.png").write_bytes(b"\x89PNG\0\0")
    (ada / "latin.py").write_bytes("# café".encode("latin-1"))
    (ada / "link.py").symlink_to(root.parent / "secret.txt")
    (ada / "folder").symlink_to(root.parent)
    os.mkfifo(ada / "pipe.py")
    folder, files = read(root)
    assert files["image.png"].text is None
    assert files["image.png"].note == "binary: not shown"
    assert files["latin.py"].text == "# caf\N{REPLACEMENT CHARACTER}"
    assert "not UTF-8" in files["latin.py"].note
    assert {files[name].note for name in ("link.py", "folder")} == {"a link, which is not followed"}
    assert files["pipe.py"].note == "no ordinary file"
    assert "SECRET" not in repr(folder)


@pytest.mark.parametrize("where", ["../secret", "ada/../../x", "/etc", "."])
def test_nothing_outside_is_read(root, where):
    """A folder that is not below that of the class is not opened, and neither is one that a link leads to."""
    folder = read_folder(root, Path(where))
    if where != ".":
        assert folder.files == ()
        assert "lies outside" in folder.problem
    assert "SECRET" not in repr(folder)


@pytest.mark.parametrize("part", ["ada", "ada/ex1"])
def test_a_link_in_the_way(root, part):
    """Where a folder was replaced by a link, on whatever level, nothing is read."""
    target = root.parent / "elsewhere" / "ex1"
    target.mkdir(parents=True)
    (target / "secret.py").write_text("SECRET")
    if part == "ada":
        (root / "ada").rmdir()
        (root / "ada").symlink_to(target.parent)
    else:
        (root / "ada" / "ex1").symlink_to(target)
    folder, _ = read(root, "ada/ex1")
    assert folder.files == ()
    assert "is gone, is no folder, or is a link" in folder.problem


def test_a_folder_that_is_gone(root):
    """A submission, or a whole class, that is no longer there is told."""
    assert "is gone" in read(root, "grace")[0].problem
    assert "cannot be opened: No such file" in read_folder(root / "none", root / "none" / "ada").problem


def test_large_and_many(root):
    """Sizes and numbers are bounded, and what is left out is told."""
    ada = root / "ada"
    (ada / "0.py").write_text("é" * 200_000)
    for number in range(FILES_SHOWN + 3):
        (ada / f"x{number:03}.py").write_text("x")
    _, files = read(root)
    assert len(files["0.py"].text) == 50_000
    assert files["0.py"].note == "only the first 100,000 bytes are shown"
    assert [file.note for file in files.values() if file.text is None] == [
        "not shown: there are too many files, or too large ones"
    ] * 4


def test_too_deep_and_too_wide(root):
    """A tree without end, and a folder of thousands, end somewhere."""
    (root / "ada" / "/".join("d" * 30)).mkdir(parents=True)
    assert "deeper than 8 folders" in read(root)[0].problem
    for number in range(600):
        (root / "ada" / str(number)).touch()
    folder, files = read(root)
    assert len(files) == 500
    assert "only 500 files are listed" in folder.problem


def test_files_of_a_submission(tmp_path):
    """The files are those that class.json names, and that they have changed since is told."""
    found = GradedClass(tmp_path)
    folder = found.add("ada", report("ada"), {"users_service.py": "x = 1\n"})
    found.add("ken")
    results = found.save()
    assert [file.text for file in read_submission(results, "ex1_two_services", "ada").files] == ["x = 1\n"]
    assert "nothing was handed in" in read_submission(results, "ex1_two_services", "ken").problem
    assert "nothing was handed in" in read_submission(results, "ex1_two_services", "nobody").problem
    assert changed_since(results, "ex1_two_services", "ada") == "", "no digest is known"
    assert folder.is_dir()


def test_lines_are_whole():
    """Each line is one element, a string over several lines too, and a learner's markup is text."""
    html = highlighted("a.py", 'x = """one\n</span><script>\n"""\n\x1b[31m')
    lines = str(html).split("\n")
    assert len(lines) == 4
    for line in lines:
        assert line.startswith('<span class="line">')
        assert line.count("<span") == line.count("</span>")
    assert "<script>" not in html
    assert "\x1b" not in html


@pytest.mark.parametrize("name", ["a.py", "a.proto", "a.toml", "a.ini", "a.html", "a"])
@pytest.mark.parametrize(
    "text", ['"' * 60_000, "f'{" * 20_000, "(" * 60_000, "[" * 900 + "\n", "'''\\" * 15_000, "a" * 60_000]
)
def test_highlighting_ends(name, text):
    """Text that was made to be slow to read is highlighted within a second, or not at all."""
    assert str(highlighted(name, text)).count('class="line"') in (1, 2)


def test_difference(tmp_path):
    """Each file of the solution is compared with the one that was handed in."""
    (tmp_path / "solution").mkdir()
    for name in ("same.py", "other.py", "gone.py", "image.py", "echo_pb2.py"):
        (tmp_path / "solution" / name).write_text("one\ntwo\n")
    handed_in = tmp_path / "class" / "ada"
    handed_in.mkdir(parents=True)
    (handed_in / "same.py").write_text("one\ntwo\n")
    (handed_in / "other.py").write_text("one\n-- three\n")
    (handed_in / "image.py").write_bytes(b"\0")
    files = read_folder(handed_in.parent, handed_in).files
    found = {difference.name: difference for difference in differences(tmp_path / "solution", files)}
    assert found["same.py"].note == "is the same as the solution"
    assert found["other.py"].lines[2:] == (
        ("head", "@@ -1,2 +1,2 @@"),
        ("same", " one"),
        ("del", "-two"),
        ("add", "+-- three"),
    )
    assert found["gone.py"].note == "was not handed in"
    assert found["image.py"].note == "cannot be compared: binary: not shown"
    assert "echo_pb2.py" not in found
    assert list(differences(tmp_path / "none", files)) == []
