"""`foodcourt review`, the real command: how it starts, how it ends, and what is left when it is killed."""

import contextlib
import os
import shlex
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from graded_class import SLUG, WORKBOOK, small_class
from leaks import until
from pages import Page

from foodcourt.review.links import page_name
from foodcourt.review.store import Store

FOODCOURT = Path(sys.executable).with_name("foodcourt")
GRACE = f"/submissions/{SLUG}/{page_name('grace')}"

pytestmark = pytest.mark.usefixtures("no_process_left")


@contextlib.contextmanager
def reviewing(out, *arguments, **environment):
    """Run `foodcourt review`; give the process and the address that it prints."""
    command = [FOODCOURT, "review", str(out), *arguments]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **environment}
    )
    try:
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


@contextlib.contextmanager
def browser(address):
    """A client that has opened the address that the terminal shows."""
    parts = urlsplit(address)
    with httpx.Client(base_url=f"{parts.scheme}://{parts.netloc}", follow_redirects=True, trust_env=False) as client:
        assert client.get(address).status_code == 200
        yield client


def run(*arguments):
    return subprocess.run([FOODCOURT, "review", *map(str, arguments)], capture_output=True, text=True, timeout=60)


@pytest.fixture
def out(tmp_path):
    return small_class(tmp_path).out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_from_start_to_end(out, number):
    """The address is the only line on stdout, 127.0.0.1 alone is listened on, and Ctrl-C ends it with status 0."""
    with reviewing(out, "--no-browser", "--as", "Ada L.") as (process, address):
        parts = urlsplit(address)
        assert parts.hostname == "127.0.0.1"
        with browser(address) as client:
            assert "You sign as Ada L." in Page(client.get("/").text).text
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.2", parts.port), timeout=5)
            process.send_signal(number)
            rest, errors = process.communicate(timeout=20)
        assert (process.returncode, rest) == (0, "")
        assert "Ctrl-C stops it" in errors
        assert parts.query not in errors


@pytest.fixture
def started(tmp_path):
    """A browser that writes down what it is started with: its command, and where it writes that."""
    told, script = tmp_path / "told", tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {shlex.quote(str(told))}.part\nmv {told}.part {told}\n')
    script.chmod(0o755)
    return script, told


@pytest.fixture
def workbook(tmp_path):
    """A workbook to whose state things may be added."""
    root = tmp_path / "workbook"
    root.mkdir()
    for name in ("notebooks", "exercises", "solutions", "checkers"):
        (root / name).symlink_to(WORKBOOK.root / name)
    return root


def test_no_token_on_a_command_line(out, workbook, started):
    """A browser is started with a file that only its user can read; its token opens once, and it goes at the end."""
    script, told = started
    with reviewing(out, "--as", "Ada", BROWSER=str(script), FOODCOURT_HOME=str(workbook)) as (process, address):
        until(told.exists, what="the browser")
        opened = urlsplit(told.read_text().strip())
        assert (opened.scheme, opened.netloc, opened.query) == ("file", "", "")
        page = Path(unquote(opened.path))
        assert page.is_relative_to(workbook / ".foodcourt")
        assert [stat.S_IMODE(path.stat().st_mode) for path in (page, page.parent)] == [0o600, 0o700]
        [link] = Page(page.read_text(encoding="utf-8")).links
        assert f'content="0; url={link}"' in page.read_text(encoding="utf-8")
        assert link != address
        assert urlsplit(link).port == urlsplit(address).port
        assert [httpx.get(link, trust_env=False).status_code for _ in range(2)] == [303, 403]
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert list((workbook / ".foodcourt").iterdir()) == []


def test_a_browser_where_the_workbook_cannot_be_written(out, workbook, started, tmp_path):
    """Where the workbook cannot be written, the file for the browser lies in the temporary folder."""
    script, told = started
    (workbook / ".foodcourt").write_text("")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    own = {"BROWSER": str(script), "FOODCOURT_HOME": str(workbook), "TMPDIR": str(temporary)}
    with reviewing(out, "--as", "Ada", **own):
        until(told.exists, what="the browser")
        assert temporary.as_uri() in told.read_text()


def test_killed_in_the_middle(out):
    """Whatever was answered as saved is on disk when the server is killed amid clicks, and the next one shows it."""
    saved = []
    with reviewing(out, "--no-browser", "--as", "Ada") as (process, address), browser(address) as client:
        page = Page(client.get(GRACE).text)

        def clicking():
            with contextlib.suppress(httpx.TransportError):
                for number in range(100_000):
                    target, fields = page.form(score=str(number % 101), reason=f"click {number}")
                    answer = client.post(target, data=fields, follow_redirects=False)
                    assert answer.status_code == 303
                    saved.append(f"click {number}")

        clicks = threading.Thread(target=clicking)
        clicks.start()
        until(lambda: len(saved) >= 20, what="twenty clicks")
        process.send_signal(signal.SIGKILL)
        clicks.join(30)
    connection = sqlite3.connect(out / "review.sqlite")
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    kept = [change.text for change in reversed(Store(out / "review.sqlite").history(SLUG, "grace"))]
    assert kept[: len(saved)] == saved
    # One more may have been saved that nobody was told of.
    assert len(kept) <= len(saved) + 1
    with reviewing(out, "--no-browser", "--as", "Bob") as (_, address), browser(address) as client:
        assert kept[-1] in Page(client.get(GRACE).text).text


def test_killed_right_after_the_answer(out):
    """A server that is killed as soon as it said `saved` has saved it."""
    with reviewing(out, "--no-browser", "--as", "Ada") as (process, address), browser(address) as client:
        target, fields = Page(client.get(GRACE).text).form(**{"comment-users.unknown": "look at .get()"})
        answer = client.post(target, data=fields, follow_redirects=False)
        process.send_signal(signal.SIGKILL)
        assert answer.status_code == 303
        process.wait(10)
    [change] = Store(out / "review.sqlite").history(SLUG, "grace")
    assert (change.text, change.who, change.target.check) == ("look at .get()", "Ada", "users.unknown")


def test_two_servers_at_once(out):
    """Two servers on the same class see each other's changes at once."""
    with (
        reviewing(out, "--no-browser", "--as", "Ada") as (_, one),
        reviewing(out, "--no-browser", "--as", "Bob") as (_, other),
        browser(one) as ada,
        browser(other) as bob,
    ):
        first, second = (Page(client.get(GRACE).text) for client in (ada, bob))
        target, fields = first.form(score="98", reason="kept her word")
        ada.post(target, data=fields)
        assert "98 of 100" in Page(bob.get(GRACE).text).text
        target, fields = second.form(score="40", reason="late again")
        assert "meanwhile Ada had saved" in Page(bob.post(target, data=fields).text).text
        assert "40 of 100 , set by hand by Bob" in Page(ada.get(GRACE).text).text


def test_the_same_port_again(out):
    """A server that is started anew listens where the one before did, if that is free."""
    ports = []
    for _ in range(2):
        with reviewing(out, "--no-browser") as (_, address):
            ports.append(urlsplit(address).port)
    assert ports[0] == ports[1]
    with socket.create_server(("127.0.0.1", ports[0])), reviewing(out, "--no-browser") as (_, address):
        assert urlsplit(address).port not in (ports[0], None)


def test_no_class_there(tmp_path):
    """A folder without a class ends with status 2 and the next command, and nothing is written into it."""
    (tmp_path / "empty").mkdir()
    for folder in ("empty", "none"):
        done = run(tmp_path / folder, "--no-browser")
        assert done.returncode == 2
        assert "no class was graded into" in done.stderr
        assert "next: foodcourt grade DIR --out" in done.stderr
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_port_that_is_taken(out):
    """A port on which something listens is told."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run(out, "--no-browser", "--port", port)
    assert done.returncode == 2
    assert f"expected port {port} to be free, but: Address already in use" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_empty_name(out):
    """Nobody signs with nothing."""
    done = run(out, "--no-browser", "--as", " ")
    assert done.returncode == 2
    assert "expected a name after --as" in done.stderr
