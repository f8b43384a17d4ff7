"""The lines of the result."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Row"]


@dataclass(frozen=True)
class Row:
    """One line of the result."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def met(self) -> bool:
        """Whether it is within its limit, if it has one."""
        return self.limit is None or self.value <= self.limit

    def __str__(self) -> str:
        """Give it as a line."""
        limit = "" if self.limit is None else f"at most {self.limit:g}{self.unit}{'' if self.met else ': missed'}"
        return f"  {self.what:<34} {self.value:6.2f}{self.unit:<3} {limit}".rstrip()
