"""Work that attacks the grader: `tests/submissions/<exercise>/hostile/<name>/`, put together for a grading.

Each folder holds what differs from the solution of its exercise, and an `expect.toml`. A file that takes the place of
one of the solution's finds that one beside it, as `honest_<file>`, and may run it.

Run as `python tests/hostile.py` it writes the table of attacks in docs/security.md anew.
"""

from __future__ import annotations

import os
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS = ROOT / "tests" / "submissions"
PAGE = ROOT / "docs" / "security.md"
_BEGIN, _END = "<!-- attacks: written by tests/hostile.py -->", "<!-- end of attacks -->"


@dataclass(frozen=True, slots=True)
class Attack:
    """A hostile submission.

    Attributes:
        folder: where it lies.
        tries: what it tries, in words.
        stopped_by: what stops it, in words.
        max_score: the most points that its honest part may get.
        max_bonus: the same of the stretch checks.
        refused: whether it is not graded at all, but refused as no submission.
        first: whether it is among those that are graded by default.
        beside: whether it is of a kind that could harm a neighbour who is graded at the same time.
        made: what no repository can hold: `{"kind": …, "name": …, "target": …}`.
    """

    folder: Path
    tries: str
    stopped_by: str
    max_score: int
    max_bonus: int
    refused: bool
    first: bool
    beside: bool
    made: tuple[dict[str, str], ...]

    @property
    def slug(self) -> str:
        """The exercise's folder."""
        return self.folder.parents[1].name

    @property
    def id(self) -> str:
        """Its name for pytest."""
        return f"{self.slug.partition('_')[0]}-{self.folder.name}"

    @property
    def row(self) -> str:
        """Its line in the table of docs/security.md."""
        scores = "refused" if self.refused else f"{self.max_score} at most"
        number = self.slug.partition("_")[0].removeprefix("ex")
        return f"| `{self.folder.name}` | {number} | {self.tries} | {self.stopped_by} | {scores} |"

    def assemble(self, into: Path) -> Path:
        """Put the submission together in the folder `into`, which must not exist."""
        shutil.copytree(ROOT / "solutions" / self.slug, into, ignore=shutil.ignore_patterns("__pycache__"))
        for path in sorted(self.folder.rglob("*")):
            where = into / path.relative_to(self.folder)
            if path.is_dir():
                where.mkdir(exist_ok=True)
            elif path.name != "expect.toml":
                if where.exists():
                    where.rename(where.with_name(f"honest_{where.name}"))
                shutil.copy(path, where)
        for what in self.made:
            self._make(what, into)
        return into

    def _make(self, what: dict[str, str], into: Path) -> None:
        path = into / what["name"]
        path.unlink(missing_ok=True)
        target = what.get("target", "").replace("{root}", str(ROOT)).replace("{exercise}", self.slug)
        match what["kind"]:
            case "link":
                path.symlink_to(target)
            case "fifo":
                os.mkfifo(path)
            case "folder":
                path.mkdir()
            case "sparse":
                with path.open("wb") as file:
                    file.truncate(40 << 30)
            case "file":
                path.write_text(target, encoding="utf-8")
            case "lines":
                lines = (what["line"].format(n=n, before=max(n - 1, 0)) + "\n" for n in range(int(what["count"])))
                path.write_text(target + "".join(lines), encoding="utf-8")
            case "bytes in the name":
                Path(os.fsdecode(os.fsencode(into) + b"/\xff\xfe.py")).write_text(target, encoding="utf-8")
            case kind:
                raise ValueError(f"{self.id}: nobody knows how to make a {kind}")


def attacks() -> list[Attack]:
    """Give all of them, by exercise and name."""
    return [_read(path.parent) for path in sorted(SUBMISSIONS.glob("*/hostile/*/expect.toml"))]


def _read(folder: Path) -> Attack:
    table = tomllib.loads((folder / "expect.toml").read_text(encoding="utf-8"))
    return Attack(
        folder,
        tries=table["tries"],
        stopped_by=table["stopped_by"],
        max_score=table["max_score"],
        max_bonus=table.get("max_bonus", 10),
        refused=table.get("refused", False),
        first=table.get("first", False),
        beside=table.get("beside", False),
        made=tuple(table.get("made", ())),
    )


def written_page() -> str:
    """Give docs/security.md as it should be: with one line for each attack."""
    head = ["| attack | exercise | tries | stopped by | scores |", "| --- | --- | --- | --- | --- |"]
    table = "\n".join([_BEGIN, *head, *(attack.row for attack in attacks()), _END])
    page = PAGE.read_text(encoding="utf-8")
    return re.sub(f"{re.escape(_BEGIN)}.*{re.escape(_END)}", lambda _: table, page, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(written_page(), encoding="utf-8")
