"""How JupyterLab is started."""

import os
import sys
from pathlib import Path

import pytest

from foodcourt.errors import UsageError
from foodcourt.lab import jupyter_environment, lab_command, server


def test_first_page(workbook):
    """JupyterLab opens on the welcome notebook."""
    assert "--LabApp.default_url=/lab/tree/notebooks/00_welcome.ipynb" in lab_command(workbook)


def test_first_page_without_the_welcome_notebook(workbook):
    """Without the welcome notebook JupyterLab opens on its own first page rather than on an error."""
    (workbook.notebooks / "00_welcome.ipynb").unlink()
    assert "--LabApp.default_url=/lab" in lab_command(workbook)


def test_the_users_arguments_come_last(workbook):
    """What a user adds stands last, where it wins over what we set."""
    assert lab_command(workbook, ["--port", "9000"])[-2:] == ["--port", "9000"]


def test_root_is_allowed_only_as_root(workbook, monkeypatch):
    """`--allow-root` is given to root, who needs it, and to nobody else."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "--allow-root" in lab_command(workbook)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "--allow-root" not in lab_command(workbook)


def test_without_jupyterlab(workbook, monkeypatch):
    """Where JupyterLab is not installed, the message says so and what to type."""
    monkeypatch.setattr(server, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match="next: foodcourt doctor"):
        lab_command(workbook)


def test_our_commands_come_first_on_path(workbook):
    """Cells find the commands of our environment first, and everything else after them."""
    ours = str(Path(sys.executable).parent)
    environment = jupyter_environment(workbook, {"PATH": f"/usr/bin:{ours}"})
    assert environment["PATH"] == f"{ours}:/usr/bin"


def test_jupyter_keeps_to_the_workbook(workbook):
    """What Jupyter writes goes into the workbook's ignored folder."""
    environment = jupyter_environment(workbook, {})
    for variable in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        assert Path(environment[variable]).is_relative_to(workbook.state)


def test_a_users_own_settings_are_honoured(workbook):
    """A variable that the user has set stays as it is."""
    environment = jupyter_environment(workbook, {"JUPYTER_CONFIG_DIR": "/home/me/.jupyter"})
    assert environment["JUPYTER_CONFIG_DIR"] == "/home/me/.jupyter"
