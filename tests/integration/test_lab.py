"""`foodcourt lab`, with a real server and real kernels, spoken to as a browser would."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest
import websocket

from foodcourt.processes import HttpReady, Service, free_port
from foodcourt.workbook import Workbook

TOKEN = "let-me-in"
FOODCOURT = Path(sys.executable).with_name("foodcourt")


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: how to ask it, its process, and the home folder that it must leave alone."""

    http: httpx.Client
    port: int
    process: subprocess.Popen
    home: Path

    def connect(self, path):
        """Open a websocket as the page does."""
        return contextlib.closing(
            websocket.create_connection(f"ws://127.0.0.1:{self.port}{path}?token={TOKEN}", timeout=20)
        )


def start(workbook, home):
    """Start `foodcourt lab` from a shell whose PATH does not hold our commands."""
    port = free_port()
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "SHELL": "/bin/sh",
        "FOODCOURT_HOME": str(workbook.root),
    }
    arguments = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={TOKEN}"]
    # Where it is started does not matter: not even a file there that is called like one of Python's own.
    (home / "http.py").write_text("raise RuntimeError('this is not the http that you want')\n")
    with (home / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [FOODCOURT, "lab", *arguments],
            stdout=log,
            stderr=log,
            env=environment,
            cwd=home,
            stdin=subprocess.DEVNULL,
        )
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", params={"token": TOKEN}, timeout=20, trust_env=False)
    return Lab(http, port, process, home)


def wait_until_ready(lab):
    """Poll until the server answers; fail with its log when it ends or takes too long."""
    deadline = time.monotonic() + 40
    while True:
        with contextlib.suppress(httpx.TransportError):
            if lab.http.get("/api/status").status_code == 200:
                return
        assert lab.process.poll() is None, (lab.home / "lab.log").read_text()
        assert time.monotonic() < deadline, (lab.home / "lab.log").read_text()
        time.sleep(0.05)


@contextlib.contextmanager
def running(workbook, home):
    lab = start(workbook, home)
    try:
        wait_until_ready(lab)
        yield lab
    finally:
        lab.http.close()
        lab.process.terminate()
        lab.process.wait(15)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    root = tmp_path_factory.mktemp("workbook")
    (root / "notebooks").mkdir()
    (root / "exercises").mkdir()
    (root / "notebooks" / "00_welcome.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    with running(Workbook(root), tmp_path_factory.mktemp("home")) as lab:
        yield lab


@contextlib.contextmanager
def kernel(lab):
    created = lab.http.post("/api/kernels", json={"name": "python3"}).json()
    try:
        yield created["id"]
    finally:
        with contextlib.suppress(httpx.TransportError):  # the server may be gone, and the kernel with it
            lab.http.delete(f"/api/kernels/{created['id']}")


def execute(lab, kernel_id, code):
    """Run code in a kernel and give what it printed."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": "execute_request",
        "username": "",
        "session": "s",
        "version": "5.3",
    }
    content = {"code": code, "silent": False, "store_history": False, "allow_stdin": False, "stop_on_error": True}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
    printed = []
    with lab.connect(f"/api/kernels/{kernel_id}/channels") as connection:
        connection.send(json.dumps(message))
        while True:
            answer = json.loads(connection.recv())
            if answer["parent_header"].get("msg_id") != header["msg_id"]:
                continue
            if answer["msg_type"] == "stream":
                printed.append(answer["content"]["text"])
            if answer["msg_type"] == "error":
                pytest.fail("\n".join(answer["content"]["traceback"]))
            if answer["msg_type"] == "status" and answer["content"]["execution_state"] == "idle":
                return "".join(printed)


def test_opens_the_welcome_notebook(lab):
    """The address that JupyterLab opens leads to the welcome notebook of the workbook."""
    page = lab.http.get("/", follow_redirects=True)
    assert page.status_code == 200
    assert page.url.path == "/lab/tree/notebooks/00_welcome.ipynb"
    assert lab.http.get("/api/contents/notebooks/00_welcome.ipynb").status_code == 200


def test_asks_the_internet_for_nothing(lab):
    """News, update checks and the extension catalogue are off."""
    page = lab.http.get("/lab").text
    assert '"news": {"disabled": true}' in page
    assert '"can_install": false' in page
    assert lab.http.get("/lab/api/update").json()["notification"] is None
    settings = lab.http.get("/lab/api/settings/@jupyterlab/apputils-extension:notification").json()
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false", "it should not even ask"


def test_cells_find_our_commands(lab):
    """In a cell, `!foodcourt` and `!uvicorn` run those of our environment, and the workbook is known."""
    with kernel(lab) as kernel_id:
        printed = execute(lab, kernel_id, "!command -v foodcourt; command -v uvicorn; echo $FOODCOURT_HOME")
    commands = FOODCOURT.parent
    assert printed.splitlines()[:2] == [f"{commands}/foodcourt", f"{commands}/uvicorn"]
    assert Path(printed.splitlines()[2]).joinpath("notebooks").is_dir()


def test_terminals_find_our_commands(lab):
    """In a terminal, too."""
    name = lab.http.post("/api/terminals").json()["name"]
    output = ""
    with lab.connect(f"/terminals/websocket/{name}") as connection:
        connection.send(json.dumps(["stdin", "foodcourt --version\r"]))
        while "foodcourt 0." not in output:
            kind, *rest = json.loads(connection.recv())
            output += rest[0] if kind == "stdout" else ""
    assert lab.http.delete(f"/api/terminals/{name}").status_code == 204


def test_proxy_reaches_services_on_loopback_only(lab, tmp_path):
    """jupyter-server-proxy shows a service of this machine, and no other host."""
    (tmp_path / "index.html").write_text("the menu")
    argv = ["python", "-m", "http.server", "{port}", "--bind", "127.0.0.1"]
    with Service(argv, cwd=tmp_path, ready=HttpReady("/")) as service:
        assert lab.http.get(f"/proxy/{service.port}/").text == "the menu"
    assert lab.http.get("/proxy/192.0.2.1:80/").status_code == 403


def test_the_home_folder_stays_as_it_was(lab):
    """Jupyter and IPython leave nothing in the home folder; it holds what the test put there."""
    with kernel(lab) as kernel_id:
        execute(lab, kernel_id, "1 + 1")
    assert {path.name for path in lab.home.iterdir()} == {"http.py", "lab.log"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_kernels_go_with_it(workbook, tmp_path, number):
    """JupyterLab is the process that was started, and takes its kernels with it however it ends."""
    home = tmp_path / "home"
    home.mkdir()
    with running(workbook, home) as lab, kernel(lab) as kernel_id:
        process = psutil.Process(int(execute(lab, kernel_id, "import os; print(os.getpid())")))
        os.kill(lab.process.pid, number)
        lab.process.wait(15)
        _, alive = psutil.wait_procs([process], timeout=5)
        assert not alive
