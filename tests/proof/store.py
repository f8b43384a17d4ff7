"""What was measured so far: a line of JSON for each verdict, written as it comes, so that a stopped run goes on."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["FOLDER", "ROOT", "Store", "checker_digest", "digest", "engine_digest", "files_of", "submission_digest"]

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".foodcourt" / "proof"
_ENGINE = (
    *(f"src/foodcourt/{name}" for name in ("faults", "grading", "processes", "brokers", "pytest_plugin.py")),
    *("checkers/conftest.py", "checkers/pytest.ini"),
)


class Store:
    """Results by their key, kept in a file; the last one of a key counts."""

    def __init__(self, path: Path) -> None:
        """Read what is there. A line that was cut off when a run was killed is left out."""
        self.path = path
        self._results: dict[str, dict[str, Any]] = {}
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        self._torn = not text.endswith("\n") and text != ""
        for line in text.splitlines():
            with contextlib.suppress(ValueError):
                result = json.loads(line)
                self._results[result["key"]] = result

    def __contains__(self, key: str) -> bool:
        return key in self._results

    def get(self, key: str) -> dict[str, Any] | None:
        """Give the result of this key, if it is known."""
        return self._results.get(key)

    def add(self, result: dict[str, Any]) -> None:
        """Keep a result; it has a `key`."""
        self._results[result["key"]] = result
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write("\n" * self._torn + json.dumps(result) + "\n")
            self._torn = False


def files_of(folder: Path, besides: Iterable[str] = ()) -> dict[str, bytes]:
    """Give all files of a folder by their names in it; caches and those named in `besides` are left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.name not in besides
    }


def digest(*parts: Mapping[str, bytes] | str) -> str:
    """Give a short hash of files and words: it changes when one of them does."""
    whole = hashlib.sha256()
    for part in parts:
        for name, content in {"": part.encode()}.items() if isinstance(part, str) else sorted(part.items()):
            whole.update(f"{len(name)} {name} {len(content)} ".encode() + content)
    return whole.hexdigest()[:20]


def checker_digest(checker: Path) -> str:
    """Give the hash of a checker: all that its verdicts depend on, so not the hints."""
    return digest(files_of(checker, besides=("hints.toml",)))


def submission_digest(folder: Path, checker: str) -> str:
    """Give the hash of a submission and the checker that grades it."""
    return digest(files_of(folder, besides=("expect.toml",)), checker)


def engine_digest() -> str:
    """Give the hash of our part of the engine that checkers run in."""
    paths = (ROOT / name for name in _ENGINE)
    return digest(*(files_of(path) if path.is_dir() else {path.name: path.read_bytes()} for path in paths))
