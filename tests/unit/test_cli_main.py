"""The command line as a whole: help, mistakes, exit statuses."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from foodcourt import __version__
from foodcourt.cli import main, verbs
from foodcourt.errors import UsageError

VERBS = ["lab", "check", "grade", "worker", "review", "run", "doctor", "broker", "completion"]
HEAVY = {
    "IPython",
    "matplotlib",
    "nbclient",
    "nbformat",
    "jupyter_client",
    "jupyterlab",
    "rich",
    "redis",
    "fastapi",
    "pytest",
}


def with_verb(monkeypatch, action):
    """Let `foodcourt lab` run `action` instead."""
    monkeypatch.setattr(verbs.Verbs, "get_command", lambda *_: click.Command("lab", callback=action))


def test_version(capsys):
    """`--version` prints the name and the version, and succeeds."""
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"foodcourt {__version__}\n"


def test_help_names_every_verb(capsys):
    """`--help` names every verb and where to start."""
    assert main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {verb} " in out for verb in VERBS)
    assert "foodcourt lab" in out


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help_with_an_example(capsys, verb):
    """`foodcourt VERB --help` ends with an example that uses the verb."""
    assert main([verb, "--help"]) == 0
    assert f"foodcourt {verb}" in capsys.readouterr().out.partition("Example")[2]


def test_nothing_asked_for_shows_help(capsys):
    """`foodcourt` alone shows the help, as a usage error."""
    assert main([]) == 2
    assert "Usage: foodcourt" in capsys.readouterr().err


def test_mistyped_verb_names_the_nearest(capsys):
    """A mistyped verb is a usage error that names the verb that was probably meant."""
    assert main(["docter"]) == 2
    assert "did you mean 'doctor'?" in capsys.readouterr().err


def test_unknown_verb_says_how_to_see_all(capsys):
    """A word that is like no verb is answered with the command that lists them."""
    assert main(["xyzzy"]) == 2
    assert "see: foodcourt --help" in capsys.readouterr().err


def test_mistyped_option_names_the_nearest(capsys):
    """A mistyped option is a usage error that names the nearest option."""
    assert main(["run", "--safe"]) == 2
    assert "--save" in capsys.readouterr().err


def test_our_errors_are_messages(capsys, monkeypatch):
    """What we raise on purpose is shown as its message, without a traceback, and ends with status 2."""

    def fail():
        raise UsageError("this cannot be\nnext: foodcourt doctor")

    with_verb(monkeypatch, fail)
    assert main(["lab"]) == 2
    assert capsys.readouterr().err == "foodcourt: this cannot be\nnext: foodcourt doctor\n"


def test_a_bug_of_ours_is_never_status_1(capsys, monkeypatch):
    """An unforeseen error shows its traceback and ends with status 2, which never blames the learner."""

    def fail():
        raise KeyError("oops")

    with_verb(monkeypatch, fail)
    assert main(["lab"]) == 2
    err = capsys.readouterr().err
    assert "KeyError" in err
    assert "a fault of foodcourt" in err


def test_interrupt(capsys, monkeypatch):
    """Ctrl-C ends a verb with status 130 and no traceback."""
    with_verb(monkeypatch, lambda: signal.raise_signal(signal.SIGINT))
    assert main(["lab"]) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_verbs_own_status_is_kept(monkeypatch):
    """The status that a verb ends with is the status of the command."""
    with_verb(monkeypatch, lambda: click.get_current_context().exit(1))
    assert main(["lab"]) == 1


def test_help_imports_nothing_heavy():
    """Asking for help, which imports every verb's module, waits for no Jupyter, matplotlib or rich."""
    code = (
        "import sys; from foodcourt.cli import main; main(['--help'])\n"
        "print('loaded', *{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.rpartition("loaded ")[2].split()
    assert not HEAVY.intersection(loaded)


def test_closed_pipe_is_quiet():
    """A reader that goes away early, as `| head` does, causes no complaint."""
    foodcourt = Path(sys.executable).with_name("foodcourt")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = subprocess.run([foodcourt, "--help"], stdout=pipe, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 128 + signal.SIGPIPE
    assert done.stderr == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(capsys, shell):
    """`foodcourt completion SHELL` prints a script that asks us for completions."""
    assert main(["completion", shell]) == 0
    assert "_FOODCOURT_COMPLETE" in capsys.readouterr().out


def test_completion_completes_verbs_and_notebooks(workbook, monkeypatch):
    """The shell gets verbs for the first word and notebooks after `run`."""
    foodcourt = Path(sys.executable).with_name("foodcourt")

    def complete(*words):
        environment = {
            **os.environ,
            "_FOODCOURT_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(["foodcourt", *words]),
            "COMP_CWORD": str(len(words)),
            "FOODCOURT_HOME": str(workbook.root),
        }
        done = subprocess.run([foodcourt], capture_output=True, text=True, env=environment)
        return [line.partition(",")[2] for line in done.stdout.splitlines()]

    assert complete("do") == ["doctor"]
    assert complete("run", "02") == ["02_second"]
