"""`open_docs`: links to a page of a running service."""

import json
import re

import pytest
from notebook_outputs import outputs

from foodcourt.notebook import open_docs
from foodcourt.processes import Service


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    return tmp_path


def links(capsys, path="/docs"):
    open_docs(Service(["uvicorn", "users_service:app"], name="users", port=8001), path)
    return re.findall('href="([^"]+)"', outputs(capsys)[0]["text/html"])


def test_links_directly_and_through_the_server(capsys):
    """One link goes to the port, the other to jupyter-server-proxy at the server's root."""
    assert links(capsys) == ["http://127.0.0.1:8001/docs", "/proxy/8001/docs"]


def test_follows_the_base_url_of_the_server(capsys, runtime):
    """A server under a path of its own says so in its runtime file."""
    (runtime / "jpserver-4711.json").write_text(json.dumps({"base_url": "/learn/"}))
    assert links(capsys)[1] == "/learn/proxy/8001/docs"


def test_follows_the_prefix_of_a_hub(capsys, monkeypatch):
    """On a hub the environment says where the server is."""
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    assert links(capsys, "/metrics")[1] == "/user/ada/proxy/8001/metrics"
