"""`start` and `finish`."""

import pytest
from leaks import until

from foodcourt.errors import ServiceExited
from foodcourt.notebook import finish, start
from foodcourt.notebook.starting import stop_all
from foodcourt.processes import TcpReady

SERVER = """
import http.server, os, sys
print(os.environ.get("GREETING", "hello"), flush=True)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[-1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "server.py").write_text(SERVER)
    yield tmp_path
    stop_all()


def test_says_how_to_do_the_same_by_hand(capsys):
    """The address and the shell line are printed, settings included."""
    server = start("python server.py {port}", ready="/", env={"GREETING": "good day"})
    assert capsys.readouterr().out == (
        f"server is ready at http://127.0.0.1:{server.port}\n"
        f"by hand: GREETING='good day' python server.py {server.port}\n"
    )
    until(lambda: "good day" in server.logs(), what="what the server printed")


def test_replaces_a_service_of_the_same_name():
    """Running a start cell again stops what it started before; another name is another service."""
    first = start("python server.py {port}", ready=TcpReady())
    other = start("python server.py {port}", ready=TcpReady(), name="other")
    second = start("python server.py {port}", ready=TcpReady())
    assert (first.running, other.running, second.running) == (False, True, True)


def test_gives_uvicorn_a_free_port(folder):
    """A uvicorn line needs no port, and one that names its port keeps it."""
    app = "async def app(scope, receive, send):\n    assert scope['type'] == 'http'\n"
    app += "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
    app += "    await send({'type': 'http.response.body', 'body': b''})\n"
    (folder / "plain_service.py").write_text(app)
    free = start("uvicorn plain_service:app")
    assert free.name == "plain_service"
    assert free.command == f"uvicorn plain_service:app --port {free.port}"


def test_tells_why_it_did_not_start(folder):
    """A program that ends at once is reported with its own last words, and is not counted as running."""
    (folder / "broken.py").write_text("raise SystemExit('no flour left')")
    with pytest.raises(ServiceExited, match="no flour left"):
        start("python broken.py", ready=TcpReady())
    assert stop_all() == []


def test_finish_stops_everything_and_says_so(capsys):
    """The last cell names what it stopped, in the order of starting; what had ended already is not named."""
    first = start("python server.py {port}", name="first", ready=TcpReady())
    second = start("python server.py {port}", name="second", ready=TcpReady())
    third = start("python server.py {port}", name="third", ready=TcpReady())
    second.stop()
    capsys.readouterr()
    finish()
    assert capsys.readouterr().out == "Stopped first, third. Nothing is left running.\n"
    assert not any(service.running for service in (first, second, third))
    finish()
    assert capsys.readouterr().out == "Nothing was left running.\n"
