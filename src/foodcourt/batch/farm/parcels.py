"""What travels between the grader of a class and the workers: signed JSON, never pickle."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from foodcourt.batch.farm.signing import Secret
from foodcourt.batch.tasks import Task
from foodcourt.grading.intake import look_at, pieces, see_unchanged
from foodcourt.grading.verdicts import Report
from foodcourt.reports.json_report import from_json, to_json

__all__ = ["Forged", "Parcel", "pack", "pack_report", "unpack", "unpack_report"]


class Forged(Exception):
    """What came is not signed with the farm's secret, or does not belong here."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A piece of work on its way to a worker.

    Attributes:
        run: stands for the grading of a class, so that a result of another one is told from its own.
        slug: the exercise.
        digest: stands for the content.
        files: their contents by path; None for a folder.
    """

    run: str
    slug: str
    digest: str
    files: dict[str, bytes | None]

    def write(self, folder: Path) -> None:
        """Put the files into a folder.

        Raises:
            Forged: a path leads out of it.
        """
        for name, data in self.files.items():
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts:
                raise Forged(f"a file named {name!r:.80}")
            target = folder / path
            (target if data is None else target.parent).mkdir(parents=True, exist_ok=True)
            if data is not None:
                target.write_bytes(data)


def pack(task: Task, run: str, secret: Secret) -> list[str]:
    """Pack a task: the text and its signature.

    Raises:
        OSError: its files cannot be read.
        UsageError: its folder is gone or no submission any more, or the files are too many or too large.
        GraderError: they are no longer what the task's digest stands for.
    """
    look_at(task.folder, task.exercise)
    found = list(pieces(task.folder))
    see_unchanged(found, task.digest)
    files = {
        str(piece.path): None if piece.data is None else base64.b64encode(piece.data).decode() for piece in found
    }
    content = {"run": run, "exercise": task.exercise.slug, "digest": task.digest, "files": files}
    return _signed("work", content, secret)


def unpack(text: object, signature: object, secret: Secret) -> Parcel:
    """Take a packed task.

    Raises:
        Forged: it is not signed with the secret.
    """
    content = _content("work", text, signature, secret)
    files = {name: None if data is None else base64.b64decode(data) for name, data in content["files"].items()}
    return Parcel(content["run"], content["exercise"], content["digest"], files)


def pack_report(parcel: Parcel, report: Report, secret: Secret) -> list[str]:
    """Pack the report on a parcel: the text and its signature."""
    nobodys = json.loads(to_json(replace(report, learner=None)))
    content = {"run": parcel.run, "exercise": parcel.slug, "digest": parcel.digest, "report": nobodys}
    return _signed("result", content, secret)


def unpack_report(packed: object, task: Task, run: str, secret: Secret) -> Report:
    """Take the packed report on a task.

    Raises:
        Forged: it is not signed with the secret, or is the report on other work, or from another run.
    """
    if not isinstance(packed, list) or len(packed) != 2:
        raise Forged("a result that is none")
    text, signature = packed
    content = _content("result", text, signature, secret)
    if (content["run"], content["exercise"], content["digest"]) != (run, task.exercise.slug, task.digest):
        raise Forged("the result of other work")
    return from_json(json.dumps(content["report"]))


def _signed(kind: str, content: dict[str, Any], secret: Secret) -> list[str]:
    # In ASCII: names of files may hold half of a surrogate pair.
    text = json.dumps(content)
    return [text, secret.sign(kind, text)]


def _content(kind: str, text: object, signature: object, secret: Secret) -> dict[str, Any]:
    if not isinstance(text, str) or not secret.verifies(kind, text, signature):
        raise Forged(f"{kind} that is not signed with the secret of this farm")
    content: dict[str, Any] = json.loads(text)
    return content
