"""What this machine has installed outside of Python, and the command that installs a program with its own means."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

__all__ = ["find_browser", "install_command", "without_password"]

_CHROME_ON_MACOS = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

# program: its package for apt, dnf, Homebrew and conda-forge; None where there is no such package.
_PACKAGES: dict[str, dict[str, str | None]] = {
    "bubblewrap": {"apt-get": "bubblewrap", "dnf": "bubblewrap", "brew": None, "conda": "-c conda-forge bubblewrap"},
    "chromium": {"apt-get": "chromium", "dnf": "chromium", "brew": "--cask google-chrome", "conda": None},
    "docker": {"apt-get": "docker.io", "dnf": "docker-cli", "brew": "--cask docker", "conda": None},
    "rabbitmq": {
        "apt-get": "rabbitmq-server",
        "dnf": "rabbitmq-server",
        "brew": "rabbitmq",
        "conda": "-c conda-forge rabbitmq-server",
    },
    "redis": {
        "apt-get": "redis-server",
        "dnf": "valkey",
        "brew": "redis",
        "conda": "-c conda-forge redis-server",
    },
}


def install_command(program: str) -> str | None:
    """Give the command that installs a program on this machine, or None when we know of none.

    Args:
        program: one of `bubblewrap`, `chromium`, `docker`, `rabbitmq`, `redis`.
    """
    packages = _PACKAGES[program]
    for manager in _managers():
        if package := packages[manager]:
            as_root = "sudo " if manager in ("apt-get", "dnf") and os.geteuid() != 0 else ""
            return f"{as_root}{manager} install {package}"
    return None


def _managers() -> list[str]:
    # An active conda environment is where its owner wants things to go; it needs no rights either.
    found = ["conda"] if os.environ.get("CONDA_PREFIX") and shutil.which("conda") else []
    candidates = ("brew",) if sys.platform == "darwin" else ("apt-get", "dnf", "brew")
    return found + [manager for manager in candidates if shutil.which(manager)]


def find_browser() -> Path | None:
    """Find a Chromium or Chrome, which browser tests drive."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return Path(found)
    return _CHROME_ON_MACOS if _CHROME_ON_MACOS.exists() else None


def without_password(url: str) -> str:
    """Give a URL as it may be shown: user and password, if any, become an ellipsis."""
    return re.sub(r"//.*@", "//…@", url)  # up to the last @: who forgets to write one in a password as %40 has two
