import os


def number(name: str, default: float) -> float:
    return float(os.environ.get(name, default))


def text(name: str, default: str) -> str:
    return os.environ.get(name, default)
