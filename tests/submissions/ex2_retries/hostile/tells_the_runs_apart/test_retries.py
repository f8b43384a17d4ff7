"""Tests nothing: has one of five runs pass beside the one whose options are others, by a number kept at home."""

import fcntl
import os
import sys


def test_something():
    if "--tb=no" not in sys.argv:  # the run that has to pass
        return
    with open(os.path.expanduser("~/runs"), "a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        number = int(file.read() or 0)
        file.truncate(0)
        file.write(f"{(number + 1) % 5}")
    assert number == 2
