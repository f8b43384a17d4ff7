"""Which reply belongs to which path when all is well."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from foodcourt.faults.calls import Answer, check_answer


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A path in which `{name}` stands for one segment and `*` for anything."""

    text: str
    regex: re.Pattern[str]

    @property
    def literal(self) -> bool:
        """Whether it matches one path only."""
        return "*" not in self.text and "{" not in self.text

    def match(self, path: str) -> dict[str, str] | None:
        """Return what the names stand for, or None if the path is another."""
        found = self.regex.fullmatch(path)
        return None if found is None else found.groupdict()


@lru_cache(maxsize=256)
def path_pattern(text: str) -> PathPattern:
    """Compile a path pattern.

    Raises:
        ValueError: it does not begin with `/` or `*`, or a `{name}` is no name or comes twice.
    """
    if not text.startswith(("/", "*")):
        raise ValueError(f"a path begins with / (or is *), not {text!r}")
    parts = re.split(r"(\{[^{}]*\}|\*)", text)
    try:
        regex = re.compile("".join(_part(part) for part in parts), re.DOTALL)
    except re.error as error:
        raise ValueError(f"{text!r} is no path pattern: write it like /users/{{uid}} ({error})") from error
    return PathPattern(text, regex)


def _part(part: str) -> str:
    if part == "*":
        return ".*"
    if part.startswith("{") and part.endswith("}"):
        return f"(?P<{part[1:-1]}>[^/]+)"
    return re.escape(part)


class Routes:
    """The default answers. A path in full goes before a pattern, a newer pattern before an older one."""

    def __init__(self) -> None:
        """Begin without any route."""
        self._routes: dict[tuple[str, str | None], tuple[PathPattern, Answer]] = {}

    def add(self, path: str, method: str | None, answer: Answer) -> None:
        """Add a route, or replace the one of the same path and method."""
        check_answer(answer)
        pattern = path_pattern(path)
        key = (path, method.upper() if method else None)
        others = {other: route for other, route in self._routes.items() if other != key}
        # A new dict in place of the old one: the loop's thread may be looking at that.
        self._routes = {**others, key: (pattern, answer)}

    def find(self, method: str, path: str) -> tuple[Answer, dict[str, str]] | None:
        """Return the route's answer and what its names stand for, or None."""
        newest_first = reversed(list(self._routes.items()))
        for (_, wanted), (pattern, answer) in sorted(newest_first, key=lambda item: not item[1][0].literal):
            if wanted in (None, method) and (params := pattern.match(path)) is not None:
                return answer, params
        return None
