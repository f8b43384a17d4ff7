"""Thin entry module; everything lives in the package `stall`."""

from stall.desk import make_app

app = make_app()
