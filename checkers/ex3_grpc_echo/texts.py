"""Texts to say, made up anew for every run, so that no answer can be known before."""

from __future__ import annotations

import random
import re
import unicodedata

_random = random.SystemRandom()
_DISHES = ("falafel", "ramen", "taco", "pierogi", "noodles")


def word() -> str:
    """Make up a word of plain letters and digits."""
    return f"{_random.choice(_DISHES)}{_random.randrange(10**9)}"


def sentence() -> str:
    """Make up a sentence in several languages."""
    return f"{word()} für 你 und den {_random.choice('🍜🥙🌮🥟')} café, {word()}"


def unusual() -> list[str]:
    """Make up texts that are easily damaged: by scripts, signs, blanks, length."""
    scripts = "Žluťoučký kůň 你好世界 こんにちは 안녕 שלום عالم नमस्ते สวัสดี Ωμέγα ქართული"
    chunk = f"{word():.>16}"[-16:]
    return [
        f"{scripts} {word()}",
        f"👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽 𝄞 𒀀 {word()}",
        f"e\u0301 n\u0303 a\u030a\u0323 \u202eabc\u202c \ufeff\u200b {word()}",  # one sign of several code points
        f"  \t{word()}\r\n\n {word()} \n",
        f"{word()}\x00\x01\x1b[31m\x7f\u2028{word()}\x00",
        "",
        chunk * 2**16,  # 1 MiB
    ]


def written(text: str) -> str:
    """Write a text as an expression of Python, on one short line."""
    if len(text) <= 200:
        return repr(text)
    chunk = text[:16]
    return f"{chunk!r} * {len(text) // 16}" if text == chunk * (len(text) // 16) else f"{text[:160]!r}…"


def change(sent: str, got: str) -> str:
    """Name what was done to a text on its way; empty when unsure."""
    if not sent:
        return "an empty text is not taken for a text like any other"
    if not got:
        return "the reply's message is never set"
    if re.match(r'message: "', got):
        return "the whole message is sent back as str() writes it, not the text in it"
    for name, form in (
        ("the text is stripped of the blanks at its ends", str.strip),
        ("the text is changed to another case", str.casefold),
        ("the text is normalized: other code points come back", lambda text: unicodedata.normalize("NFKC", text)),
        ("the text is passed through an encoding that lacks some of its signs, such as ASCII", _plain),
    ):
        if form(sent) == form(got):
            return name
    if sent.startswith(got):
        return "the text is cut off"
    return "something is added to the text" if sent in got else ""


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign != "?")
