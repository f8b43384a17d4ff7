"""How an executed notebook is stored: what differs from run to run or from machine to machine is left out."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import nbformat

from foodcourt.workbook import Workbook

__all__ = ["normalize", "save"]

_WIDGET = "application/vnd.jupyter.widget-view+json"


def normalize(notebook: Any, workbook: Workbook) -> None:
    """Change an executed notebook so that two runs on two machines store the same bytes, as far as we can.

    Execution times and the version of Python go. So do widgets, whose ids are random and which nobody can show
    without a kernel: the picture or text beside them stays. A cell tagged `remove-output` is stored without any.
    Paths inside the workbook become relative to it, and the home folder becomes `~`.

    Args:
        notebook: a notebook node, changed in place.
        workbook: the workbook that it belongs to.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "remove-output" in cell.metadata.get("tags", []):  # it is about the machine it ran on
            cell.outputs = []
        for output in cell.get("outputs", []):
            _normalize_output(output, workbook)


def save(notebook: Any, path: Path) -> bool:
    """Write a notebook if it differs from what is stored, whole or not at all; True when it was written."""
    text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]
    if path.read_text(encoding="utf-8") == text:
        return False
    handle, temporary = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(path.stat().st_mode & 0o777)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def _normalize_output(output: Any, workbook: Workbook) -> None:
    if "text" in output:
        output["text"] = _portable(output["text"], workbook)
    if "traceback" in output:
        output["traceback"] = [_portable(line, workbook) for line in output["traceback"]]
    data = output.get("data", {})
    if len(data) > 1:
        data.pop(_WIDGET, None)
    for kind, value in data.items():
        if kind.startswith("text/") and isinstance(value, str):
            data[kind] = _portable(value, workbook)


def _portable(text: str, workbook: Workbook) -> str:
    text = text.replace(f"{workbook.root}{os.sep}", "").replace(str(workbook.root), ".")
    home = str(Path.home())
    return text.replace(f"{home}{os.sep}", f"~{os.sep}") if len(home) > 1 else text
