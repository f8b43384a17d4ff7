"""Log files of services: bounded, and readable while they grow."""

import os
import threading
from contextlib import closing

from foodcourt.processes.logs import LogWriter, follow, last_lines, log_size, read_log


def writing(path, limit):
    """Begin a log at a path."""
    return closing(LogWriter(os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY), path.name, limit))


def test_both_parts_are_read_in_order(tmp_path):
    """What was rotated away comes before the current file."""
    path = tmp_path / "a.log"
    path.write_bytes(b"new\n")
    (tmp_path / "a.log.1").write_bytes(b"old\n")
    assert read_log(path) == "old\nnew\n"


def test_no_log_is_empty(tmp_path):
    """A log that does not exist reads as empty."""
    assert read_log(tmp_path / "none.log") == ""


def test_undecodable_bytes_are_replaced(tmp_path):
    """Output that is no UTF-8 is shown with U+FFFD in place of each bad byte."""
    path = tmp_path / "a.log"
    path.write_bytes(b"caf\xe9\n\x00\xff")
    assert read_log(path) == "caf\ufffd\n\x00\ufffd"


def test_what_comes_after_a_mark(tmp_path):
    """What was printed after a mark is told in bytes, across a rotation too; all of it where less is kept by now."""
    path = tmp_path / "a.log"
    assert log_size(path) == 0
    with writing(path, 100) as log:
        log.write("Käse\n".encode())
        mark = log_size(path)
        assert mark == len("Käse\n".encode())
        log.write(b"x" * 95)
        assert read_log(path, mark) == "x" * 95
        for _ in range(3):
            log.write(b"y" * 90)
        assert read_log(path, 10 * mark) == "y" * (180 - 10 * mark)
    assert read_log(path, 1_000) == "y" * 180


def test_last_lines_are_bounded():
    """The last lines are few, and none is endless."""
    assert last_lines("a\nb\nc\n", 2) == "b\nc"
    assert len(last_lines("x" * 1_000_000, 5)) == 2_000


def test_a_log_keeps_the_newest_output_within_its_limit(tmp_path):
    """Two files of at most the limit each hold the newest output, however much came."""
    with writing(tmp_path / "a.log", 1_000) as log:
        for number in range(10_000):
            log.write(b"%07d\n" % number)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 2_000
    assert read_log(tmp_path / "a.log").endswith("0009998\n0009999\n")
    assert log.flooded


def test_a_log_survives_a_vanished_folder(tmp_path):
    """Output that cannot be written is dropped: the keeper, and with it the service, goes on."""
    folder = tmp_path / "logs"
    folder.mkdir()
    with writing(folder / "a.log", 10) as log:
        (folder / "a.log").unlink()
        folder.rmdir()
        for _ in range(3):
            log.write(b"0123456789")
    assert log.total == 30


def test_follow_gives_lines_across_rotations(tmp_path):
    """A follower sees each line once and whole, although the file is rotated under it, in the midst of a line too."""
    path = tmp_path / "a.log"
    chunks = iter([b"one\ntw", b"o\n" + b"x" * 90 + b"\n", b"thr", b"ee\n", b"y" * 95 + b"\nlast"])
    with writing(path, 100) as log:

        def running():
            chunk = next(chunks, None)
            if chunk is not None:
                log.write(chunk)
            return chunk is not None

        assert list(follow(path, running)) == ["one", "two", "x" * 90, "three", "y" * 95, "last"]


def test_follow_goes_on_with_the_next_run(tmp_path):
    """A log that a new run begins afresh is followed into the new run."""
    path = tmp_path / "a.log"

    def run(line):
        with writing(path, 1_000) as log:
            log.write(line)

    run(b"first run\n")
    seen = []
    for line in follow(path, lambda: len(seen) < 2):
        seen.append(line)
        if line == "first run":
            run(b"second run\n")
    assert seen == ["first run", "second run"]


def test_follow_begins_in_the_midst_of_a_rotation(tmp_path):
    """A follower that comes while the full file is moved away and the new one is not there yet waits for that one."""
    path = tmp_path / "a.log"
    ready = tmp_path / "ready.log"
    ready.write_bytes(b"first\n")  # written before it appears: nothing runs any more that the follower would wait for
    appears = threading.Timer(0.05, ready.rename, [path])
    appears.start()
    assert list(follow(path, lambda: False)) == ["first"]
    appears.join()
