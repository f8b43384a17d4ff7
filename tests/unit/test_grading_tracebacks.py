"""The learner's tracebacks, found in logs and shortened."""

import subprocess
import sys
import textwrap

import pytest

from foodcourt.grading.signatures import likely_mistake
from foodcourt.grading.tracebacks import last_traceback


@pytest.fixture
def output(tmp_path):
    """Run a program of files, begun with main.py, and give what it printed."""

    def output(**files):
        for name, source in files.items():
            (tmp_path / f"{name}.py").write_text(textwrap.dedent(source))
        done = subprocess.run([sys.executable, tmp_path / "main.py"], capture_output=True, text=True)
        return done.stdout + done.stderr

    return output


def test_only_the_learners_frames_are_shown(output, tmp_path):
    """Frames of libraries go; the learner's stay with file, line, function and source line."""
    log = output(
        main="import json, helper\njson.loads('1', object_hook=None, parse_int=helper.parse)\n",
        helper="def parse(text):\n    return {}[text]\n",
    )
    found = last_traceback(log, tmp_path)
    assert str(found).splitlines() == [
        "Traceback (most recent call last), your files only:",
        "  main.py:2 in <module>",
        "    json.loads('1', object_hook=None, parse_int=helper.parse)",
        "  helper.py:2 in parse",
        "    return {}[text]",
        "           ~~^^^^^^",
        "KeyError: '1'",
    ]
    assert found.where == "helper.py:2"


def test_the_last_of_several_counts(output, tmp_path):
    """Of a chain, and of several in a log, the last one is what ended it."""
    log = output(main="try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise RuntimeError('second')\n")
    log = "Traceback (most recent call last):\nValueError: earlier\nINFO: on we go\n" + log
    found = last_traceback(log, tmp_path)
    assert (found.error, found.where) == ("RuntimeError: second", "main.py:4")
    assert "1 / 0" not in str(found)


@pytest.mark.parametrize("head", ["ERROR:    ", "CRITICAL: ", ""])
def test_uvicorns_heads_are_seen(tmp_path, head):
    """uvicorn puts its level before the head, and goes on logging after the traceback."""
    log = f"""INFO:     Waiting for application startup.
{head}Traceback (most recent call last):
  File "/usr/lib/python3/starlette/routing.py", line 693, in lifespan
    async with self.lifespan_context(app):
  File "{tmp_path}/orders_service.py", line 18, in lifespan
    client = make_client()
             ^^^^^^^^^^^^^
NameError: name 'make_client' is not defined

ERROR:    Application startup failed. Exiting.
"""
    found = last_traceback(log, tmp_path)
    assert found.error == "NameError: name 'make_client' is not defined"
    assert found.where == "orders_service.py:18"
    assert len(found.frames) == 1


def test_a_syntax_error_has_a_place(output, tmp_path):
    """The main file's has no head at all, that of an imported file has one; both are found."""
    found = last_traceback(output(main="x = 1\ndef f(:\n    pass\n"), tmp_path)
    assert (found.error, found.where) == ("SyntaxError: invalid syntax", "main.py:2")
    found = last_traceback(output(main="import helper\n", helper="if 1:\nx = 2\n"), tmp_path)
    assert found.where == "helper.py:2"
    assert found.error.startswith("IndentationError: ")
    assert found.mistake == "the file is not valid Python"


GROUP = """
    import asyncio

    async def fetch():
        raise KeyError("email")

    async def main():
        async with asyncio.TaskGroup() as group:
            group.create_task(fetch())

    asyncio.run(main())
    """


def test_an_exception_group_shows_what_is_in_it(output, tmp_path):
    """A TaskGroup's traceback stands behind a margin; the error inside is what the learner made."""
    found = last_traceback(output(main=GROUP), tmp_path)
    assert (found.error, found.where) == ("KeyError: 'email'", "main.py:5")
    assert "|" not in str(found)


def test_an_exception_group_of_errors_without_frames(output, tmp_path):
    """Where the errors in a group were never raised, the group's own line is told."""
    found = last_traceback(output(main="raise ExceptionGroup('two', [ValueError(1), KeyError(2)])\n"), tmp_path)
    assert (found.error, found.where) == ("ExceptionGroup: two (2 sub-exceptions)", "main.py:1")


def test_deep_recursion_and_long_messages_stay_short(output, tmp_path):
    """Repeated frames are told once as Python does, and an error is cut to 500 characters."""
    found = last_traceback(output(main="def f():\n    f()\nf()\n"), tmp_path)
    assert found.error == "RecursionError: maximum recursion depth exceeded"
    assert len(found.frames) < 10
    found = last_traceback(output(main="raise ValueError('x' * 10_000)\n"), tmp_path)
    assert len(found.error) == 500


@pytest.mark.parametrize(
    "log",
    ["", "INFO: fine\n", "Traceback (most recent call last):\n", "Traceback (most recent call last):\n  File cut"],
)
def test_no_traceback_is_none(tmp_path, log):
    """A log without one, or with one that is cut off, gives none."""
    assert last_traceback(log, tmp_path) is None


@pytest.mark.parametrize(
    ("error", "mistake"),
    [
        ("AttributeError: 'coroutine' object has no attribute 'json'", "an `await` is missing"),
        ("RuntimeError: Cannot send a request, as the client has been closed.", "after it was closed"),
        ("RuntimeError: Event loop is closed", "another event loop"),
        ("httpx.ConnectError: All connection attempts failed", "httpx.ConnectError is not caught"),
        ("httpx.ReadTimeout", "httpx.TimeoutException is not caught"),
        ("httpx.RemoteProtocolError: Server disconnected", "can drop midway"),
        ("httpx.HTTPStatusError: Server error '500'", "raise_for_status() is not caught"),
        ("json.decoder.JSONDecodeError: Expecting value", "no JSON is not expected"),
        ("TypeError: Object of type Response is not JSON serializable", "return response.json()"),
        ("ValueError: invalid literal for int() with base 10: '0.25'", "use float()"),
        ("ModuleNotFoundError: No module named 'modles'", "neither in the folder nor installed"),
        ("KeyError: 'USERS_URL'", "read without a default"),
        ("KeyError: 'email'", ""),
        ("KeyError: 'USERS'", ""),
        ("ValueError: ConnectError in the middle", ""),
    ],
)
def test_an_error_betrays_its_mistake(error, mistake):
    """The last line of a traceback names the likely mistake, and nothing where it could be anything."""
    found = likely_mistake(error)
    assert mistake in found
    assert bool(found) == bool(mistake)


@pytest.mark.parametrize("line", ["A:" + " " * 200_000 + "x", "|+ " * 70_000 + "x", "coroutine '" * 20_000])
def test_made_up_lines_are_read_once(line, tmp_path):
    """A line that is made to be matched in many ways is read in no time: it would take minutes, were all tried."""
    assert last_traceback(line, tmp_path) is None
    assert likely_mistake(line) == ""
