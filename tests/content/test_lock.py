"""requirements.lock: one exact version of everything, and nothing about where it was made."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LINES = (ROOT / "requirements.lock").read_text().splitlines()
LOCKED = [Requirement(line) for line in LINES]
NAMES = {canonicalize_name(requirement.name) for requirement in LOCKED}


def applying_here() -> dict[str, str]:
    """Name and version of every locked package that this Python and machine want."""
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in LOCKED
        if requirement.marker is None or requirement.marker.evaluate()
    }


def test_every_version_is_exact() -> None:
    """Every line pins one version with `==`."""
    loose = [line for line in LINES if not re.fullmatch(r"[a-z0-9-]+==[^\s*]+( ; .+)?", line)]
    assert loose == []


def test_no_address_and_no_path() -> None:
    """No line names an index, a URL or a folder: the lock is right on every machine."""
    telling = [line for line in LINES if line.startswith("-") or "://" in line or " @ " in line or "/" in line]
    assert telling == []


def test_every_dependency_is_locked() -> None:
    """What pyproject.toml asks for is in the lock, the developers' tools and the build backend too."""
    asked = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]
    assert {canonicalize_name(Requirement(line).name) for line in asked} - NAMES == set()
    # `make setup` builds the package without build isolation, by the pip that is locked
    assert {"hatchling", "editables", "pip"} <= NAMES


def test_lock_is_complete() -> None:
    """Everything that a locked package needs is locked too: set-up installs with `--no-deps`."""
    here = applying_here()
    missing = [
        f"{name} needs {requirement.name}"
        for name in here
        for line in metadata.requires(name) or []
        if (requirement := Requirement(line)).marker is None or requirement.marker.evaluate({"extra": ""})
        if canonicalize_name(requirement.name) not in here
    ]
    assert missing == []


def test_environment_holds_what_is_locked() -> None:
    """The environment that runs this test holds the locked versions."""
    differing = {name: (version, metadata.version(name)) for name, version in applying_here().items()}
    assert {name: pair for name, pair in differing.items() if pair[0] != pair[1]} == {}


def test_importing_a_notebook_builds_no_grammar() -> None:
    """JupyterLab, `foodcourt run` and nbval start without the parser that a newer jsonschema builds first."""
    source = "import nbclient, sys; print('jsonschema' in sys.modules, 'lark' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout == "True False\n"
