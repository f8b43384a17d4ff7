"""environment.yml, Dockerfile and the continuous integration agree with pyproject.toml and the lock."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
DOCKER_STEPS = [line.split(maxsplit=1) for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]

# What set-up reads and writes down, and hence what must not hold the address of one workplace's package index.
CONFIGURATION = [
    *("Makefile", "Dockerfile", "pyproject.toml", "requirements.lock", "environment.yml", "docker-compose.yml"),
    *("scripts/setup.sh", "scripts/system_packages.sh", ".ci/run", ".github/workflows/test.yml"),
    ".pre-commit-config.yaml",
]


def conda_pip() -> list[str]:
    """The lines that conda hands to pip."""
    [lines] = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    return lines


def test_conda_forge_only() -> None:
    """environment.yml takes its packages from conda-forge and from nowhere else."""
    assert CONDA["channels"] == ["conda-forge", "nodefaults"]


def test_conda_brings_the_brokers() -> None:
    """environment.yml brings Python, pip, Redis and RabbitMQ."""
    names = {re.split(r"[ =<>]", entry)[0] for entry in CONDA["dependencies"] if isinstance(entry, str)}
    assert names == {"python", "pip", "redis-server", "rabbitmq-server"}


def test_conda_installs_the_lock_and_the_package() -> None:
    """conda's pip installs the lock file and then this package."""
    assert conda_pip() == ["-r requirements.lock", "-e ."]


def test_pythons_are_supported() -> None:
    """Each Python that a file names is one that pyproject.toml allows."""
    [conda] = [entry for entry in CONDA["dependencies"] if isinstance(entry, str) and entry.startswith("python=")]
    [docker] = re.findall(r"^FROM python:(\d+\.\d+)", DOCKERFILE, flags=re.MULTILINE)
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    named = [conda.removeprefix("python="), docker, *tested]
    assert [version for version in named if version not in SUPPORTED] == []
    assert "3.11" in tested, "the oldest Python that we promise is tested"


def test_image_is_pinned() -> None:
    """The Dockerfile starts from one exact release of a slim Python."""
    assert re.search(r"^FROM python:\d+\.\d+\.\d+-slim-\w+$", DOCKERFILE, flags=re.MULTILINE)


def test_image_installs_the_lock_first() -> None:
    """The Dockerfile installs the lock file before it copies the workbook, so that an edit rebuilds little."""
    steps = [" ".join(step) for step in DOCKER_STEPS]
    assert steps.index("RUN pip install --no-deps -r requirements.lock") < steps.index("COPY --chown=learner . .")


def test_image_runs_as_an_ordinary_user() -> None:
    """The last USER of the Dockerfile is not root."""
    assert [step[1] for step in DOCKER_STEPS if step[0] == "USER"][-1] == "learner"


def test_image_leaves_work_and_history_out() -> None:
    """Neither the machine's .venv, nor the learner's answers, nor the history get into the image."""
    assert {".venv", ".foodcourt", ".git"} <= set((ROOT / ".dockerignore").read_text().split())


@pytest.mark.parametrize("name", CONFIGURATION)
def test_no_package_index_is_named(name: str) -> None:
    """No file of the set-up names a package index: the learner's own configuration decides."""
    text = (ROOT / name).read_text()
    assert not re.search(r"index-url|find-links|trusted-host|pypi\.|/simple\b", text)


def test_ci_is_strict() -> None:
    """.ci/run stops at the first error, asks nobody anything, and runs what developers run."""
    text = (ROOT / ".ci/run").read_text()
    assert "set -euo pipefail" in text
    assert "make test </dev/null" in text


def test_hooks_are_those_of_make_lint() -> None:
    """pre-commit runs the tools that `make lint` runs, from .venv."""
    hooks = [
        hook
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repo["hooks"]
    ]
    tools = {tuple(hook["entry"].removesuffix(" --force-exclude").split()) for hook in hooks}
    recipe = subprocess.run(["make", "-n", "lint"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    linted = {
        tuple(line.removesuffix(" --check").split()) for line in recipe.splitlines() if line.startswith(".venv/bin/")
    }
    assert tools == linted


def test_licences_are_whole() -> None:
    """The two licence files are the ones that pyproject.toml names, and hold the whole texts."""
    code, prose = ((ROOT / name).read_text() for name in PROJECT["license-files"])
    assert PROJECT["license"] == "Apache-2.0"
    assert "Apache License" in code
    assert "END OF TERMS AND CONDITIONS" in code
    assert "SPDX-License-Identifier: CC-BY-4.0" in prose
    assert "Section 8 -- Interpretation." in prose
