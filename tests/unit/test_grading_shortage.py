"""What a machine has run out of is told as that, and not as a learner's failure."""

import contextlib
import errno
import os
import resource
from pathlib import Path

import pytest

from foodcourt.grading import shortage as module
from foodcourt.grading.shortage import shortage


def test_nothing_lacks_here():
    """Where there is room nothing is said, and no descriptor stays open."""
    before = sorted(Path("/dev/fd").iterdir())
    assert shortage() == ""
    assert sorted(Path("/dev/fd").iterdir()) == before


@pytest.mark.skipif(not hasattr(module.select, "epoll"), reason="there is no epoll here")
def test_epoll_without_a_place_is_told(monkeypatch):
    """The kernel says that no more may be watched: whose service is refused then is not to blame."""

    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def register(self, descriptor):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(module.select, "epoll", Full)
    assert "max_user_watches" in shortage()


def test_no_descriptor_left_is_told():
    """Too many open files of our own are no verdict either."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    kept = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, limits[1]))
    try:
        with contextlib.suppress(OSError):
            while True:
                kept.append(os.open("/dev/null", os.O_RDONLY))
        said = shortage()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        for descriptor in kept:
            os.close(descriptor)
    assert "Too many open files" in said
