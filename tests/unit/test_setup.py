"""scripts/setup.sh, on machines made of a few programs.

A real set-up takes a minute, and `make test` in a fresh clone is the test of it. Here the script itself runs, in a
folder of its own and with nothing on its PATH but what a test puts there: the usual tools, a Python that makes an
environment in no time, and the package manager that the test is about.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = (
    *("awk", "basename", "cat", "chmod", "cksum", "cp", "dirname", "env", "grep", "head", "mkdir"),
    *("rm", "sh", "sleep", "tail", "touch", "true", "uname", "xargs"),
    *(["ps"] if sys.platform == "darwin" else []),
)

PYTHON = """#!/bin/sh
case "$*" in
    --version) echo Python 3.12.0 ;;
    "-m venv .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *"pip install"*"--editable .") touch .venv/bin/foodcourt && chmod +x .venv/bin/foodcourt ;;
    *"pip install"*)
        echo pip >>pip-calls
        echo "Collecting something"
        [ ! -e pip-hangs ] || exec sleep 60
        [ ! -e pip-fails ] || { echo "ERROR: no network"; exit 1; }
        for last; do :; done
        [ ! -f "$last" ] || cat "$last" >>installed ;;
esac
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A clone of the workbook, and the only folder on the PATH of its set-up."""

    clone: Path
    programs: Path

    def add(self, name: str, script: str) -> None:
        """Put a program on the PATH."""
        (self.programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / name).chmod(0o755)

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Start a set-up in a process group of its own."""
        return subprocess.Popen(
            [self.clone / "scripts/setup.sh", *arguments],
            env={"PATH": str(self.programs), **variables},
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def set_up(self, *arguments: str, **variables: str) -> tuple[int, str]:
        """Run a set-up to its end: exit status and output."""
        process = self.start(*arguments, **variables)
        output, _ = process.communicate(timeout=30)
        return process.returncode, output

    def calls(self, name: str) -> list[str]:
        """What a program wrote down about its calls."""
        written = self.clone / name
        return written.read_text().splitlines() if written.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which everything is there: the set-up has nothing to ask of a package manager."""
    made = Machine(tmp_path / "a clone", tmp_path / "bin")
    made.programs.mkdir()
    made.clone.mkdir()
    for tool in TOOLS:
        (made.programs / tool).symlink_to(shutil.which(tool) or pytest.fail(f"this test needs {tool}"))
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, made.clone)
    shutil.copytree(ROOT / "scripts", made.clone / "scripts")
    (made.programs / "python3").write_text(PYTHON)
    (made.programs / "python3").chmod(0o755)
    for program in ("rabbitmq-server", "bwrap", "chromium"):
        made.add(program, "exit 0")
    made.add("id", "echo 1000")
    return made


def wait_for(path: Path) -> None:
    """Poll until a file is there."""
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path.name} did not appear"
        time.sleep(0.01)


def test_first_run_makes_the_environment(machine: Machine) -> None:
    """The first run makes .venv, and says so in sentences."""
    status, output = machine.set_up()
    assert status == 0
    assert "Making .venv with Python 3.12.0" in output
    assert (machine.clone / ".venv/bin/foodcourt").exists()


def test_every_package_is_installed_once(machine: Machine) -> None:
    """The lock file is installed by two pips at a time, and each of its lines by one of them."""
    assert machine.set_up()[0] == 0
    lock = (machine.clone / "requirements.lock").read_text().splitlines()
    assert sorted(machine.calls("installed")) == sorted(lock) != []


def test_second_run_does_nothing_quickly(machine: Machine) -> None:
    """The second run neither calls pip nor prints anything, and takes far less than two seconds."""
    machine.set_up("--tests")
    called = machine.calls("pip-calls")
    begin = time.monotonic()
    assert machine.set_up("--tests") == (0, "")
    assert time.monotonic() - begin < 1
    assert machine.calls("pip-calls") == called != []


def test_changed_lock_is_installed_in_place(machine: Machine) -> None:
    """After a change of requirements.lock the next run installs it, and keeps .venv."""
    machine.set_up()
    called = machine.calls("pip-calls")
    with (machine.clone / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    status, output = machine.set_up()
    assert status == 0
    assert "Making .venv" not in output
    assert machine.calls("pip-calls") == called * 2 != []


def test_moved_clone_gets_a_new_environment(machine: Machine, tmp_path: Path) -> None:
    """A clone that was moved gets a new .venv, since the scripts in one hold its path."""
    machine.set_up()
    moved = Machine(machine.clone.rename(tmp_path / "elsewhere"), machine.programs)
    status, output = moved.set_up()
    assert status == 0
    assert "Making .venv" in output


def test_killed_setup_is_repaired(machine: Machine) -> None:
    """After a set-up that was killed half-way, the next one starts anew and ends well."""
    (machine.clone / "pip-hangs").touch()
    process = machine.start()
    wait_for(machine.clone / "pip-calls")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=10)
    (machine.clone / "pip-hangs").unlink()
    status, output = machine.set_up()
    assert status == 0
    assert "did not end: starting again" in output
    assert machine.set_up() == (0, "")


def test_two_at_once_are_refused(machine: Machine) -> None:
    """While one set-up works, a second one says so and touches nothing."""
    (machine.clone / "pip-hangs").touch()
    process = machine.start()
    wait_for(machine.clone / "pip-calls")
    try:
        status, output = machine.set_up()
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=10)
    assert status == 2
    assert "another set-up is running here" in output


def test_failed_pip_is_shown_and_tried_again(machine: Machine) -> None:
    """When pip fails, its last lines are shown, the exit status is 2, and the next run tries again."""
    (machine.clone / "pip-fails").touch()
    status, output = machine.set_up()
    assert status == 2
    assert "ERROR: no network" in output
    assert "run the same command again" in output
    (machine.clone / "pip-fails").unlink()
    assert machine.set_up()[0] == 0


def test_old_python_is_named_with_what_to_do(machine: Machine) -> None:
    """A Python older than 3.11 is named, with the command that brings a newer one."""
    machine.add("python3", '[ "$1" != --version ] || { echo Python 3.9.18; exit; }; exit 1')
    machine.add("apt-get", "exit 0")
    status, output = machine.set_up()
    assert status == 2
    assert "needs Python 3.11 or newer, and found Python 3.9.18" in output
    assert "sudo apt-get install python3 python3-venv" in output


def test_chosen_python_is_used(machine: Machine) -> None:
    """PYTHON names the interpreter to use, whatever python3 is."""
    machine.add("python3", "exit 1")
    (machine.programs / "python3.12").write_text(PYTHON)
    (machine.programs / "python3.12").chmod(0o755)
    assert machine.set_up(PYTHON="python3.12")[0] == 0


def test_python_without_venv_is_explained(machine: Machine) -> None:
    """A Python without its venv part, as Debian ships it, is explained with the package to install."""
    machine.add("python3", 'case "$*" in *ensurepip*) exit 1 ;; --version) echo Python 3.11.2 ;; esac')
    status, output = machine.set_up()
    assert status == 2
    assert "Python 3.11.2 cannot make virtual environments" in output
    assert "sudo apt-get install python3-venv" in output


def test_python_is_completed_when_allowed(machine: Machine) -> None:
    """With the right to install, Debian's missing part of Python is installed, and set-up goes on."""
    machine.add("id", "echo 0")
    machine.add("apt-get", "echo $* >>apt-calls; touch completed")
    machine.add(
        "python3", PYTHON.replace("case", 'case "$*" in *ensurepip*) [ -e completed ]; exit ;; esac\ncase', 1)
    )
    status, output = machine.set_up()
    assert status == 0
    assert "Installing python3-venv with apt-get" in output
    assert len(machine.calls("apt-calls")) == 1


def test_no_package_manager(machine: Machine) -> None:
    """Where there is no package manager, set-up goes on and names what will be missing, and why it matters."""
    (machine.programs / "bwrap").unlink()
    status, output = machine.set_up()
    assert status == 0
    assert "bubblewrap: the sandbox for grading other people's work" in output
    assert "install bubblewrap with your system's package manager" in output


@pytest.mark.parametrize("sudo", ["no sudo", "sudo wants a password"])
def test_no_right_to_install(machine: Machine, sudo: str) -> None:
    """Without the right to install, nothing is tried, nobody is asked for a password, and the command is named."""
    (machine.programs / "bwrap").unlink()
    (machine.programs / "chromium").unlink()
    machine.add("apt-get", "echo called >>apt-calls")
    if sudo != "no sudo":
        machine.add("sudo", '[ "$1" = -n ] || read -r password; exit 1')
    status, output = machine.set_up("--tests")
    assert status == 0
    assert "sudo apt-get install bubblewrap chromium" in output
    assert machine.calls("apt-calls") == []


def test_learners_need_no_browser(machine: Machine) -> None:
    """Only the tests want a browser: a learner's set-up does not speak of it."""
    (machine.programs / "chromium").unlink()
    assert "chromium" not in machine.set_up()[1]


def test_system_packages_are_installed_when_allowed(machine: Machine) -> None:
    """With sudo that asks for no password, what is missing is installed, without a question."""
    (machine.programs / "bwrap").unlink()
    machine.add("sudo", 'shift; exec "$@"')
    wrapper = machine.programs / "bwrap"
    machine.add("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>apt-calls; touch "{wrapper}"; chmod +x "{wrapper}"')
    status, output = machine.set_up()
    assert status == 0
    assert "Installing bubblewrap with apt-get" in output
    assert "without" not in output
    [call] = machine.calls("apt-calls")
    assert call.startswith("noninteractive ")
    assert call.endswith(" -y install --no-install-recommends bubblewrap")


def test_failed_installation_is_not_tried_again(machine: Machine) -> None:
    """A package that cannot be had is reported and named; later runs do not lose time on it."""
    (machine.programs / "bwrap").unlink()
    machine.add("id", "echo 0")
    machine.add("apt-get", 'echo called >>apt-calls; echo "E: Unable to locate package" >&2; exit 100')
    status, output = machine.set_up()
    assert status == 0
    assert "E: Unable to locate package" in output
    assert "  apt-get install bubblewrap" in output, "root needs no sudo"
    tried = machine.calls("apt-calls")
    status, output = machine.set_up()
    assert status == 0
    assert "apt-get install bubblewrap" in output
    assert machine.calls("apt-calls") == tried


def test_package_manager_can_be_left_alone(machine: Machine) -> None:
    """SYSTEM_PACKAGES=no keeps set-up from installing, even for root."""
    (machine.programs / "bwrap").unlink()
    machine.add("id", "echo 0")
    machine.add("apt-get", "echo called >>apt-calls")
    status, output = machine.set_up(SYSTEM_PACKAGES="no")
    assert status == 0
    assert "apt-get install bubblewrap" in output
    assert machine.calls("apt-calls") == []


def test_homebrew_names(machine: Machine) -> None:
    """On a Mac the same message comes with Homebrew's command and names, and speaks of no Linux sandbox."""
    for program in ("rabbitmq-server", "bwrap", "chromium", "uname"):
        (machine.programs / program).unlink()
    machine.add("uname", "echo Darwin")
    machine.add("brew", "exit 1")
    status, output = machine.set_up("--tests")
    assert status == 0
    assert "bubblewrap" not in output
    assert "brew install" in output
    assert "google-chrome" in output
