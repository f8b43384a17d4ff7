"""A guess beside the truth, in words."""

from __future__ import annotations

__all__ = ["amount", "is_close", "verdict"]

_CLOSE = 1.25  # a guess within this factor is called good


def amount(value: float | str, unit: str) -> str:
    """Write a guess or a measurement: a number with its unit, an option as it is."""
    if isinstance(value, str):
        return value
    return f"{value:.3g} {unit}" if value < 1000 else f"{value:.0f} {unit}"


def is_close(guess: float, measured: float) -> bool:
    """Whether two numbers above zero are so near to each other that the guess is called good."""
    return max(guess, measured) / min(guess, measured) < _CLOSE


def verdict(guess: float | str, measured: float | str) -> str:
    """Say in a sentence how far the guess was off."""
    if isinstance(guess, str) or isinstance(measured, str):
        return "Right!" if guess == measured else "Not so."
    if guess == measured:
        return "Exactly."
    if guess <= 0 or measured <= 0:
        return "The guess was too low." if guess < measured else "The guess was too high."
    if is_close(guess, measured):
        return "Well guessed."
    factor = max(guess, measured) / min(guess, measured)
    return f"The guess was {factor:.1f} times too {'low' if guess < measured else 'high'}."
