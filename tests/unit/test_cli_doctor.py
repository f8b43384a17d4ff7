"""What `foodcourt doctor` finds."""

import json
import shutil

import pytest

from foodcourt import diagnosis, system
from foodcourt.brokers import rabbitmq
from foodcourt.cli import main


@pytest.fixture(autouse=True)
def _no_brokers_of_others(monkeypatch):
    for variable in ("REDIS_URL", "AMQP_URL", "KAFKA_BOOTSTRAP_SERVERS", "FOODCOURT_HOME"):
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def without_rabbitmq(monkeypatch):
    """A machine without RabbitMQ, which takes seconds to start."""
    monkeypatch.setattr(rabbitmq, "find_servers", list)


def findings(capsys):
    document = json.loads(capsys.readouterr().out)
    return {finding["name"]: finding for finding in document["findings"]}


def test_here_learners_can_work(capsys):
    """Where the tests run everything required is there, and the next command is `foodcourt lab`."""
    assert main(["doctor"]) == 0
    out = capsys.readouterr().out
    assert "missing" not in out
    assert out.endswith("next: foodcourt lab\n")


def test_json(capsys):
    """`--json` gives the same findings to a program."""
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)
    for broker in ("Redis", "RabbitMQ", "Kafka"):
        assert found[broker]["state"] == "ok"
        assert found[broker]["text"].startswith("starts in")
    assert "jupyterlab" in found["packages"]["text"]


@pytest.mark.usefixtures("without_rabbitmq")
def test_unreachable_redis_is_missing(capsys, monkeypatch):
    """A `REDIS_URL` where nobody answers is missing, with what to type, and the password is not shown."""
    monkeypatch.setenv("REDIS_URL", "redis://me:secret@127.0.0.1:1/0")
    assert main(["doctor", "--json"]) == 2
    found = findings(capsys)["Redis"]
    assert found["state"] == "missing"
    assert "unset REDIS_URL" in found["command"]
    assert "secret" not in found["text"]


def test_brokers_that_do_not_answer_are_notes(capsys, monkeypatch):
    """RabbitMQ and Kafka are needed by a chapter each: one that is named but does not answer stops nobody else."""
    monkeypatch.setenv("AMQP_URL", "amqp://me:secret@127.0.0.1:1/")
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)
    for name, variable in (("RabbitMQ", "AMQP_URL"), ("Kafka", "KAFKA_BOOTSTRAP_SERVERS")):
        assert found[name]["state"] == "note"
        assert found[name]["text"].startswith("chapter")
        assert f"unset {variable}" in found[name]["command"]
    assert "secret" not in str(found)


def test_what_only_some_need_is_a_note(capsys, monkeypatch, tmp_path):
    """Without bubblewrap, RabbitMQ, Chromium and docker learners can still work; each names what needs it."""
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    monkeypatch.setattr(rabbitmq, "_PACKAGES", tmp_path)
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)
    for name in ("sandbox", "RabbitMQ", "browser for tests", "docker"):
        assert found[name]["state"] == "note"
        assert "needs it" in found[name]["text"]


@pytest.mark.usefixtures("without_rabbitmq")
def test_a_sandbox_that_does_not_work(capsys, monkeypatch, tmp_path):
    """A bubblewrap that is installed but may not be used here is told apart from one that works."""
    program = tmp_path / "bwrap"
    program.write_text("#!/bin/sh\necho no permission to create a namespace >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)["sandbox"]
    assert found["state"] == "note"
    assert "no permission" in found["text"]


@pytest.mark.usefixtures("without_rabbitmq")
def test_missing_package(capsys, monkeypatch):
    """A required package that is not installed is missing, with the command that installs it."""
    required = diagnosis.metadata.requires("foodcourt")
    monkeypatch.setattr(diagnosis.metadata, "requires", lambda _: [*required, "a-package-that-is-not-there>=1"])
    assert main(["doctor", "--json"]) == 2
    found = findings(capsys)["packages"]
    assert "a-package-that-is-not-there" in found["text"]
    assert found["command"].endswith("setup")


@pytest.mark.usefixtures("without_rabbitmq")
def test_other_version_than_locked(capsys, monkeypatch, workbook):
    """A package at another version than the lock file says is a note; one for other platforms is none."""
    (workbook.root / "requirements.lock").write_text("httpx==0.1\npywin32==1 ; sys_platform == 'win32'\nrich\n")
    monkeypatch.setenv("FOODCOURT_HOME", str(workbook.root))
    assert main(["doctor", "--json"]) == 0
    found = findings(capsys)["packages"]
    assert found["state"] == "note"
    assert "(locked: 0.1)" in found["text"]
    assert "pywin32" not in found["text"]


@pytest.mark.usefixtures("without_rabbitmq")
def test_outside_of_a_workbook(capsys, monkeypatch, tmp_path):
    """A `FOODCOURT_HOME` that is no workbook is missing, with what to type."""
    monkeypatch.setenv("FOODCOURT_HOME", str(tmp_path))
    assert main(["doctor", "--json"]) == 2
    assert findings(capsys)["workbook"]["command"].startswith("unset FOODCOURT_HOME")


@pytest.mark.parametrize(
    ("managers", "command"),
    [
        ({"apt-get"}, "apt-get install rabbitmq-server"),
        ({"dnf"}, "dnf install rabbitmq-server"),
        ({"brew"}, "brew install rabbitmq"),
        (set(), None),
    ],
)
def test_install_command_fits_the_machine(monkeypatch, managers, command):
    """The command to install something is one that this machine has."""
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: name if name in managers else None)
    monkeypatch.setattr(system.os, "geteuid", lambda: 0)
    assert system.install_command("rabbitmq") == command


def test_install_command_asks_for_rights_only_when_needed(monkeypatch):
    """An ordinary user is told to use sudo for the system's package manager, but not for conda's."""
    monkeypatch.setattr(shutil, "which", lambda name: name)
    monkeypatch.setattr(system.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(system.sys, "platform", "linux")
    monkeypatch.delenv("CONDA_PREFIX", raising=False)
    assert system.install_command("redis") == "sudo apt-get install redis-server"
    monkeypatch.setenv("CONDA_PREFIX", "/opt/conda")
    assert system.install_command("redis") == "conda install -c conda-forge redis-server"
