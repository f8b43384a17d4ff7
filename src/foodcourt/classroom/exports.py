"""The names that learning platforms give to what was uploaded, when an instructor downloads it all.

Canvas (lib/content_zipper.rb): `smithalice_LATE_12345_67890_ex1.zip`, the name without spaces and in small letters,
`LATE` if it was, the numbers of the learner and of the file. An assignment that hides who wrote it has `anon_x1Y2z`
in place of name and number. A file handed in again is called `ex1-1.zip`.

Moodle (mod/assign/classes/downloader.php): folders `Alice Smith_12345_assignsubmission_file`, with an underscore at
the end in older versions; or, when folders are switched off, files `Alice Smith_12345_assignsubmission_file_ex1.zip`.
The number is another one in each assignment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Upload", "read_canvas", "read_moodle", "read_upload"]

_CANVAS = re.compile(
    r"(?:(?P<name>\w+?)_)??(?P<late>LATE_)?(?:(?P<number>[0-9]+)|(?P<anonymous>anon_[A-Za-z0-9]+))"
    r"_(?P<file_number>[0-9]+)_(?P<file>.+)",
    re.DOTALL,
)
_MOODLE = re.compile(
    r"(?P<name>[^_]+)(?:_(?P<number>[0-9]+))?_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?", re.DOTALL
)
_AGAIN = re.compile(r"-\d{1,2}(?=(\.[A-Za-z]\w*)*$)")


@dataclass(frozen=True, slots=True)
class Upload:
    """What the name of an export says.

    Attributes:
        name: whose it is, as the platform writes it.
        number: the platform's number of the learner, or empty.
        file: the name under which it was uploaded, without what Canvas adds when that is done again; empty for a
            folder.
        file_number: the number of the file; what was uploaded later has a higher one.
        late: whether the platform says that it came late.
        lasting: whether the number is the learner's in each assignment, and not another one in each.
        kind: `file`, or what else the platform lets learners hand in.
        written: the name as it stands there, with that, which the learner may have written as well.
    """

    name: str
    number: str
    file: str
    file_number: int = 0
    late: bool = False
    lasting: bool = False
    kind: str = "file"
    written: str = ""


def read_canvas(name: str) -> Upload | None:
    """Read the name of a file that Canvas exported; None if it is no such name."""
    found = _CANVAS.fullmatch(name)
    if found is None or not (found["name"] or found["anonymous"]):
        return None
    return Upload(
        name=found["name"] or found["anonymous"],
        number=found["number"] or "",
        file=_AGAIN.sub("", found["file"], count=1),
        written=found["file"],
        file_number=int(found["file_number"][:18]),
        late=found["late"] is not None,
        lasting=True,
    )


def read_moodle(name: str) -> Upload | None:
    """Read the name of a folder or file that Moodle exported; None if it is no such name."""
    found = _MOODLE.fullmatch(name)
    if found is None or not found["name"].strip():
        return None
    file = found["file"] or ""
    return Upload(found["name"].strip(), found["number"] or "", file, kind=found["kind"], written=file)


def read_upload(name: str) -> Upload | None:
    """Read the name of what either platform exported; None if it is no such name."""
    return read_moodle(name) or read_canvas(name)
