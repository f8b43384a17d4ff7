"""Links from a notebook to a page of a running service."""

from __future__ import annotations

import html
import json
import os
from pathlib import Path

from foodcourt.notebook.outputs import publish
from foodcourt.processes import Service

__all__ = ["open_docs"]


def open_docs(service: Service, path: str = "/docs") -> None:
    """Show two links to a page of a service: straight to its port, and through JupyterLab.

    The first works when the browser runs on the same machine as the notebook. The second works wherever
    JupyterLab itself can be opened, because jupyter-server-proxy passes the page on.

    Args:
        service: a running service.
        path: of the page, beginning with a slash.
    """
    direct = f"{service.url}{path}"
    # An absolute path: JupyterLab takes relative links in outputs for files beside the notebook.
    proxied = f"{_base_url()}proxy/{service.port}{path}"
    links = " or ".join(
        f'<a href="{html.escape(address)}" target="_blank" rel="noopener">{words}</a>'
        for address, words in ((direct, "directly"), (proxied, "through JupyterLab"))
    )
    data = {
        "text/html": f"<p>Open <code>{html.escape(path)}</code> of {html.escape(service.name)} {links}.</p>",
        "text/plain": f"Open {path} of {service.name}: {direct}",
    }
    publish(data)


def _base_url() -> str:
    """Where the Jupyter server's own addresses begin; it ends with a slash.

    A hub says so in the environment. Otherwise a server leaves a file with its settings in Jupyter's runtime
    folder, named by its process, and that process is our kernel's parent.
    """
    if prefix := os.environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return prefix
    from jupyter_core.paths import jupyter_runtime_dir

    parent = os.environ.get("JPY_PARENT_PID", "")
    try:
        settings = json.loads((Path(jupyter_runtime_dir()) / f"jpserver-{parent}.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return "/"
    return str(settings.get("base_url", "/"))
