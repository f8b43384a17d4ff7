"""The environment in which JupyterLab and its kernels run."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from foodcourt.workbook import HOME_VARIABLE, Workbook

__all__ = ["jupyter_environment"]

_PAGE_DEFAULTS = Path(__file__).parent / "config"


def jupyter_environment(workbook: Workbook, inherited: Mapping[str, str] | None = None) -> dict[str, str]:
    """Build the environment for Jupyter processes of this workbook, and make the folder that it speaks of.

    Commands of the environment that we run in (`foodcourt`, `uvicorn`, `celery`) are found first by cells and
    terminals. What Jupyter, IPython and matplotlib write for themselves goes to the workbook's `.foodcourt/`, so
    that a lab neither changes nor stumbles over the learner's other Jupyter set-up; a variable that is already
    set wins.

    Args:
        workbook: the workbook to be opened.
        inherited: what to start from; this process's environment when not given.
    """
    environment = dict(os.environ if inherited is None else inherited)
    # Not resolved: the interpreter of a virtual environment is a link, and its commands lie beside the link.
    commands = str(Path(sys.executable).parent)
    path = environment.get("PATH", os.defpath).split(os.pathsep)
    environment["PATH"] = os.pathsep.join([commands, *(entry for entry in path if entry != commands)])
    environment[HOME_VARIABLE] = str(workbook.root)
    # A kernel called python3 in the learner's home must not stand before the one that has our packages.
    environment["JUPYTER_PREFER_ENV_PATH"] = "1"
    # The page's own defaults can only be given in a file: it asks for news, whatever the server is told.
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, [str(_PAGE_DEFAULTS), environment.get("JUPYTER_CONFIG_PATH")])
    )
    own = workbook.state / "jupyter"
    # IPython makes its folder, but not the folder above.
    own.mkdir(parents=True, exist_ok=True)
    for variable, folder in {
        "JUPYTER_CONFIG_DIR": own / "config",
        "JUPYTER_DATA_DIR": own / "data",
        "JUPYTER_RUNTIME_DIR": own / "runtime",
        "IPYTHONDIR": own / "ipython",
        "MPLCONFIGDIR": own / "matplotlib",
    }.items():
        environment.setdefault(variable, str(folder))
    return environment
