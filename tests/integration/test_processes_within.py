"""Children that go on with what their parent is in the middle of, as checkers do: it has collected the checks."""

import json
import os

import psutil
import pytest

from foodcourt.processes import ForkServer, base_environment

pytestmark = pytest.mark.usefixtures("no_process_left")

PROBE = """
import json, os, pathlib, sys, tempfile, threading
COLLECTED_BY, seen = os.getpid(), []
tempfile.gettempdir()

def test_probe():
    seen.append(os.environ["SAID"])
    told = {
        "collected_by": COLLECTED_BY, "run_by": os.getpid(), "seen": seen, "cwd": os.getcwd(),
        "temporary": tempfile.gettempdir(), "threads": threading.active_count(), "path": sys.path[0],
        "descriptors": sorted(int(fd) for fd in os.listdir("/dev/fd") if os.path.exists(f"/dev/fd/{fd}")),
        "handed": int(os.environ["HANDED"]),
    }
    pathlib.Path("told.json").write_text(json.dumps(told))
    assert os.environ["SAID"] != "fail"
"""


@pytest.fixture
def checker(tmp_path):
    """A folder with one check, which tells all about itself."""
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = check_*.py\naddopts = -q -p no:cacheprovider\n")
    folder = tmp_path / "checker"
    folder.mkdir()
    (folder / "check_probe.py").write_text(PROBE)
    return folder


@pytest.fixture
def server(checker):
    """A parent that has collected the check."""
    with ForkServer("pytest", within=("foodcourt.grading.checker:wait_collected", str(checker))) as server:
        yield server


def run(server, folder, said):
    """Run the check in a child; give its exit status and what it printed."""
    folder.mkdir()
    reader, writer = os.pipe()
    process = server.launch(
        ["pytest", "these", "are for a machine that cannot fork"],
        cwd=folder,
        env={**base_environment(), "SAID": said, "TMPDIR": str(folder)},
        log=folder / "log",
        fds={"HANDED": writer},
    )
    status = process.wait(30)
    process.close()
    os.close(reader)
    os.close(writer)
    return status, (folder / "log").read_text()


def test_each_child_goes_on_for_itself(server, tmp_path):
    """Collected once; what a child changes no other sees; environment, folder and descriptors are its own."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        status, log = run(server, folder, folder.name)
        assert status == 0
        assert "1 passed" in log
    told = [json.loads((folder / "told.json").read_text()) for folder in folders]
    assert {one["collected_by"] for one in told} == {server._popen.pid}
    assert len({one["run_by"] for one in told} | {server._popen.pid}) == 3
    for folder, one in zip(folders, told, strict=True):
        assert one["seen"] == [folder.name]
        assert one["cwd"] == one["temporary"] == str(folder)
        assert one["threads"] == 1
        assert one["descriptors"] == [0, 1, 2, one["handed"]]


def test_its_end_is_that_of_pytest(server, tmp_path):
    """The exit status is pytest's, and the log has its report."""
    status, log = run(server, tmp_path / "third", "fail")
    assert status == 1
    assert "assert 'fail' != 'fail'" in log


def test_what_cannot_be_collected_is_told_to_each_child(checker, tmp_path):
    """A conftest.py that raises ends no parent: the error is in the log of whoever would have run the checks."""
    (checker / "conftest.py").write_text("import nowhere\n")
    with ForkServer("pytest", within=("foodcourt.grading.checker:wait_collected", str(checker))) as server:
        for name in ("fourth", "fifth"):
            status, log = run(server, tmp_path / name, name)
            assert status == 4
            assert "No module named 'nowhere'" in log


def test_the_parent_has_one_thread(server, tmp_path):
    """Collecting starts no thread: forking would be unsafe."""
    run(server, tmp_path / "sixth", "sixth")
    assert psutil.Process(server._popen.pid).num_threads() == 1
