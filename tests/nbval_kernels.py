"""A plugin for `pytest --nbval`: kernels are spoken to through sockets in a folder.

nbval chooses free ports for a kernel, and one of them may be another program's before the kernel has taken it: then
nbval waits for ever for a kernel that is not there. `foodcourt run` does the same.
"""

import tempfile
from pathlib import Path

import nbval.kernel
from jupyter_client.manager import KernelManager


def pytest_configure(config):
    """Make nbval start its kernels so."""
    above = tempfile.TemporaryDirectory(prefix="kernels-")
    config.add_cleanup(above.cleanup)

    def manager(**settings):
        folder = tempfile.mkdtemp(dir=above.name)
        return KernelManager(transport="ipc", ip=str(Path(folder, "socket")), **settings)

    nbval.kernel.KernelManager = manager
