"""The command that opens JupyterLab on the workbook."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from foodcourt.errors import UsageError
from foodcourt.workbook import Workbook

__all__ = ["lab_command"]

_WELCOME = "00_welcome.ipynb"


def lab_command(workbook: Workbook, arguments: Sequence[str] = ()) -> list[str]:
    """Build the argument vector that starts JupyterLab on a workbook.

    The server asks the internet for nothing: no news, no search for updates, no extension catalogue.
    jupyter-server-proxy reaches loopback ports only, which is its default.

    Args:
        workbook: the workbook to open.
        arguments: further arguments for JupyterLab; they come last, so they win.

    Raises:
        UsageError: JupyterLab is not installed.
    """
    if find_spec("jupyterlab") is None:
        raise UsageError(f"expected JupyterLab, but {sys.executable} does not have it\nnext: foodcourt doctor")
    command = [
        sys.executable,
        # Without -P a file of the learner's called `http.py` in the current folder would break the server.
        "-P",
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={workbook.root}",
        f"--LabApp.default_url={_first_page(workbook)}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        # Looking for language servers runs npm, which writes to the home folder and may ask its registry for updates.
        "--LanguageServerManager.autodetect=False",
        # What cells send and print is not for other users of the machine to read on the loopback interface.
        "--KernelManager.transport_encryption=auto",
        f"--ServerApp.terminado_settings={json.dumps({'shell_command': [_shell()]})}",
    ]
    if os.geteuid() == 0:
        command.append("--allow-root")
    return [*command, *arguments]


def _first_page(workbook: Workbook) -> str:
    if (workbook.notebooks / _WELCOME).is_file():
        return f"/lab/tree/notebooks/{_WELCOME}"
    return "/lab"


def _shell() -> str:
    # Named so that Jupyter starts no login shell, which would set PATH anew and lose `foodcourt`.
    return os.environ.get("SHELL") or shutil.which("bash") or "/bin/sh"
