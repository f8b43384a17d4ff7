"""What the workbook remembers about its learner: guesses, what came of them, and quiz answers, in one JSON file.

The file lies in the workbook's state folder and never leaves the machine. Two notebooks may write it at the same
time, so every change takes a lock, reads what is there, and replaces the file in one step: a reader sees the old
file or the new one, never half of one.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from foodcourt.workbook import find_workbook

__all__ = [
    "GUESSES",
    "LEARNER_FILE_VARIABLE",
    "MEASURED",
    "QUESTIONS",
    "learner_file",
    "recall",
    "recall_all",
    "record",
]

LEARNER_FILE_VARIABLE = "FOODCOURT_LEARNER_FILE"
GUESSES = "guesses"
MEASURED = "measured"
QUESTIONS = "questions"


def learner_file() -> Path:
    """Where guesses and answers are kept: `FOODCOURT_LEARNER_FILE`, else `.foodcourt/learner.json`.

    The variable is for runs that must not depend on who sits at the machine, such as the comparison of stored
    outputs.
    """
    if named := os.environ.get(LEARNER_FILE_VARIABLE):
        return Path(named)
    return find_workbook().state / "learner.json"


def recall(section: str, key: str) -> Any:
    """What was recorded under this key, or None."""
    return recall_all(section).get(key)


def recall_all(section: str) -> dict[str, Any]:
    """Everything that was recorded in a section, by key."""
    return (_read(learner_file()) or {}).get(section, {})


def record(section: str, key: str, value: Any) -> None:
    """Keep a JSON value under this key, replacing what was there.

    Args:
        section: `QUESTIONS`, `GUESSES`, `MEASURED` or "answers".
        key: unique in its section, such as `02.a`.
        value: anything that JSON can hold.
    """
    path = learner_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        content = _read(path)
        if content is None:
            # Going on without the old guesses is better than a notebook that no longer runs, but keep them.
            path.replace(path.with_suffix(".broken.json"))
            content = {}
        content.setdefault(section, {})[key] = value
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True, ensure_ascii=False)
        Path(scratch).replace(path)


def _read(path: Path) -> dict[str, dict[str, Any]] | None:
    """The file's sections, none if there is no file yet; None for a file that somebody broke by hand."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError:
        return None
    whole = isinstance(content, dict) and all(isinstance(section, dict) for section in content.values())
    return content if whole else None
