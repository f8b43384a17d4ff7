"""The workbook in JupyterLab and without it: how the server is started, how notebooks run headless."""

from foodcourt.lab.environment import jupyter_environment
from foodcourt.lab.server import lab_command

__all__ = ["jupyter_environment", "lab_command"]
