"""The programs of a submission, started and run as the checkers do."""

import os
import re
import signal

import pytest

from foodcourt.faults import Upstream
from foodcourt.grading.ahead import Ahead
from foodcourt.grading.failures import CheckFailed, SubmissionBroken
from foodcourt.grading.submission import Submission
from foodcourt.processes import ForkServer, LogReady

pytestmark = pytest.mark.usefixtures("no_process_left")

SERVER = """
import http.server, os, sys
print("menu:", os.environ.get("MENU"))
server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), http.server.SimpleHTTPRequestHandler)
server.serve_forever()
"""


@pytest.fixture
def submission(tmp_path):
    """A submission without files, and room for its programs."""
    for name in ("work", "scratch"):
        (tmp_path / name).mkdir()
    with ForkServer("python") as fork_server:
        found = Submission(tmp_path / "work", tmp_path / "scratch", fork_server)
        try:
            yield found
        finally:
            found.close()


def write(submission, name, source):
    for folder in (submission.original, submission.folder):
        (folder / name).write_text(source)


def test_a_command_is_run_to_its_end(submission):
    """Exit status and both outputs are known, and the line that does the same by hand is in the evidence."""
    write(
        submission, "client.py", "import sys\nprint('reply', *sys.argv[1:])\nprint('oops', file=sys.stderr)\nexit(3)"
    )
    with Upstream("kitchen (ours)") as kitchen:
        submission.upstreams.append(kitchen)
        done = submission.run(
            ["python", "client.py", "two words"], file="client.py", name="client", env={"KITCHEN": kitchen.url}
        )
        assert (done.status, done.stdout, done.stderr) == (3, "reply two words\n", "oops\n")
        evidence = {piece.title: piece.text for piece in submission.evidence()}
        submission.upstreams.clear()
    assert evidence["try it by hand"] == "KITCHEN=http://127.0.0.1:8001 python client.py 'two words'"
    assert evidence["what client wrote to stderr"] == "oops"
    assert "exit status 3; its stdout: reply two words" in evidence["what happened on the wire (times in ms)"]


def test_a_command_that_does_not_end_is_killed(submission):
    """Patience has an end, whatever the program does with signals, and what it had printed by then is there."""
    write(
        submission,
        "client.py",
        "import signal\nsignal.signal(15, signal.SIG_IGN)\nprint('begun')\nwhile True:\n    signal.pause()\n",
    )
    done = submission.run(["python", "client.py"], file="client.py", name="client", patience=1.0)
    assert (done.status, done.stdout) == (None, "begun\n")
    assert done.ended.startswith("no end within 1.")


def test_endless_and_undecodable_output_is_only_data(submission):
    """Output without end or sense is kept within bounds and decoded with replacement."""
    write(submission, "client.py", "import os\nwhile True:\n    os.write(2, b'\\xff\\x00' * 30_000)\n")
    done = submission.run(["python", "client.py"], file="client.py", name="client", patience=1.0)
    assert done.status is None
    assert 0 < len(done.stderr) <= 4 << 20
    assert set(done.stderr) == {"\ufffd", "\0"}


def test_a_traceback_of_a_run_shows_the_learners_frames(submission):
    """The traceback on stderr is found and shortened."""
    write(submission, "client.py", "import json\njson.loads('{')\n")
    done = submission.run(["python", "client.py"], file="client.py", name="client")
    assert done.status == 1
    trace = done.traceback()
    assert trace.where == "client.py:2"
    assert "json/decoder" not in str(trace)


def test_a_folder_is_no_file(submission):
    """Where a folder has the name of the program, the message says so."""
    (submission.original / "client.py").mkdir()
    with pytest.raises(SubmissionBroken, match=r"expected the file client\.py, found a folder of that name"):
        submission.run(["python", "client.py"], file="client.py", name="client")


def test_a_missing_file_is_named(submission):
    """A program whose file is not there is not started; the message says what is there instead."""
    write(submission, "klient.py", "")
    message = r"expected the file client\.py, found klient\.py"
    with pytest.raises(SubmissionBroken, match=message):
        submission.run(["python", "client.py"], file="client.py", name="client")
    program = submission.program(["python", "client.py", "{port}"], file="client.py", name="client")
    with pytest.raises(SubmissionBroken, match=message):
        program.ready()


def test_a_program_starts_in_the_background_and_again(submission):
    """A program is waited for when it is asked for, started again after it ended, and restarted on its port."""
    write(submission, "server.py", SERVER)
    argv = ["python", "server.py", "--port", "{port}"]
    server = submission.program(argv, file="server.py", name="server", env={"MENU": "soup"}, port_by_hand=50051)
    server.ready()
    assert server.by_hand == "MENU=soup python server.py --port 50051"
    assert server.wait_for_log(r"menu: (\w+)", within=5)[1] == "soup"
    assert server.wait_for_log("tart", within=0.05) is None
    port, pid = server.port, server.pid
    server.restart()
    assert server.port == port
    assert server.pid != pid
    server.kill()
    assert not server.running
    server.ready()
    assert server.running
    assert server.stop(grace=5) == -signal.SIGTERM


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (
            "import nowhere\n",
            r"server does not start: exit status 1\n[^Z]*No module named 'nowhere'[^Z]*likely mistake",
        ),
        ("print('bye')\n", r"server does not start: exit status 0\nits last lines were:\nbye"),
    ],
)
def test_a_program_that_does_not_start_says_why(submission, source, says):
    """The learner's own traceback, or their last lines, are the message."""
    write(submission, "server.py", source)
    server = submission.program(["python", "server.py"], file="server.py", name="server", ready=LogReady("never"))
    with pytest.raises(SubmissionBroken) as caught:
        server.ready()
    assert re.search(says, str(caught.value))


def test_what_is_done_early_is_the_checks_once_it_says_so(submission):
    """What runs ahead in another thread is no evidence of the check that happens to run; `remember` makes it so."""
    write(submission, "client.py", "print('early')\n")
    submission.begin_check(20)
    early = submission.early(lambda: submission.run(["python", "client.py"], file="client.py", name="client"))
    done = early.result(20)
    assert submission.evidence() == ()
    submission.remember([done])
    assert [piece.text for piece in submission.evidence() if piece.title.endswith("stdout")] == ["early"]


@pytest.mark.parametrize(("wrong", "count"), [((), 1), ((1,), 2), ((1, 2), 2)])
def test_what_was_right_early_is_not_done_again(submission, wrong, count):
    """What is judged right ahead of its check counts, with its evidence; what is not is done again in peace."""
    write(submission, "client.py", "print('done')\n")
    runs = []

    def run():
        runs.append(submission.run(["python", "client.py"], file="client.py", name="client"))
        if len(runs) in wrong:
            raise CheckFailed("a run that is right", "none")
        return runs[-1]

    ahead = Ahead(submission, run)
    submission.begin_check(20)
    if len(wrong) == count:
        with pytest.raises(CheckFailed, match="expected a run that is right"):
            ahead.result()
    else:
        assert ahead.result() is runs[-1]
    assert len(runs) == count
    assert [piece.text for piece in submission.evidence() if piece.title.endswith("stdout")] == ["done"]


def test_no_time_is_left(submission):
    """A run that begins after the check's time is over ends at once."""
    write(submission, "client.py", "import time\ntime.sleep(60)\n")
    submission.begin_check(0)
    assert submission.run(["python", "client.py"], file="client.py", name="client", patience=30).status is None


def test_getting_ready_is_not_the_checks_time(submission):
    """A check that had to wait for a program has its whole time afterwards, unless that took more than 20 s."""
    write(submission, "server.py", "import time\ntime.sleep(0.6)\nprint('ready', flush=True)\ntime.sleep(60)\n")
    server = submission.program(["python", "server.py"], file="server.py", name="server", ready=LogReady("ready"))
    submission.begin_check(0.5)
    server.ready()
    assert 0.2 < submission.time_left() <= 0.5
    submission.spare(60)
    assert submission.time_left() < 20
    submission.begin_check(0.5)
    assert submission.time_left() <= 0.5


def test_a_crowd_is_not_asked_anything(submission, monkeypatch):
    """Where more processes run than any right work has, each further check fails at once and says so."""
    monkeypatch.setattr(ForkServer, "crowded", True)
    with pytest.raises(SubmissionBroken, match="it starts processes or threads without end"):
        submission.begin_check(20)


def test_programs_see_nothing_of_ours(submission, monkeypatch):
    """No variable of the grader's environment reaches a program; home and temporary folder are its scratch folder."""
    monkeypatch.setenv("COURSE_SECRET", "saffron")
    write(
        submission,
        "client.py",
        "import os\nprint(sorted(os.environ))\nprint({os.environ['HOME'], os.environ['TMPDIR']})",
    )
    done = submission.run(["python", "client.py"], file="client.py", name="client")
    names, folders = done.stdout.splitlines()
    assert names == str(["HOME", "LANG", "PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "TMPDIR"])
    assert folders == str({os.fspath(submission.scratch)})
    elsewhere = submission.run(["python", "client.py"], file="client.py", name="client", home=submission.folder)
    assert elsewhere.stdout.splitlines()[1] == str({os.fspath(submission.folder)})
