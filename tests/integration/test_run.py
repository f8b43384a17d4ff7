"""`foodcourt run`, with real kernels."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbformat import read, v4, write

FOODCOURT = Path(sys.executable).with_name("foodcourt")


@pytest.fixture
def chapter(workbook):
    """Write a notebook into the workbook; give its path."""
    for path in workbook.notebooks.iterdir():
        path.unlink()

    def add(stem, *sources, tags=()):
        path = workbook.notebooks / f"{stem}.ipynb"
        cells = [v4.new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
        write(v4.new_notebook(cells=[v4.new_markdown_cell("# A title"), *cells]), path)
        return path

    return add


@pytest.fixture
def run(workbook):
    def run(*arguments):
        environment = {**os.environ, "FOODCOURT_HOME": str(workbook.root)}
        return subprocess.run([FOODCOURT, "run", *arguments], capture_output=True, text=True, env=environment)

    return run


def wait_for(path, seconds=30.0):
    """Poll until a file has a line in it; give the file's text."""
    deadline = time.monotonic() + seconds
    while not (path.exists() and path.read_text().endswith("\n")):
        assert time.monotonic() < deadline, f"nothing was written to {path}"
        time.sleep(0.02)
    return path.read_text()


def test_all_notebooks(chapter, run):
    """Without a name all run, one line each and a sum where the output is no terminal; files stay as they are."""
    paths = [chapter("01_one", "print(1)", "print(2)"), chapter("02_two", "1/1")]
    before = [path.read_bytes() for path in paths]
    done = run()
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"01_one  2 cells  [\d.]+ s  ok", lines[0])
    assert re.fullmatch(r"02_two  1 cells  [\d.]+ s  ok", lines[1])
    assert re.fullmatch(r"2 notebooks in [\d.]+ s", lines[2])
    assert [path.read_bytes() for path in paths] == before


def test_a_failing_cell(chapter, run):
    """A failing cell is shown with notebook, number, source and error; the other notebooks still run; status 1."""
    chapter("01_bad", "x = 1", "raise ValueError('no noodles left')", "print('never')")
    chapter("02_good", "print('fine')")
    done = run()
    assert done.returncode == 1
    assert "01_bad.ipynb, cell 3: ValueError: no noodles left" in done.stdout
    assert "  | raise ValueError('no noodles left')" in done.stdout
    assert "\x1b" not in done.stdout
    assert re.search(r"02_good +1 cells .* ok", done.stdout)
    assert "next: foodcourt lab, open 01_bad.ipynb" in done.stderr


@pytest.mark.parametrize("temporary", ["tmp", "t" * 100])
def test_a_kernel_takes_no_ports_that_were_chosen_for_it(chapter, workbook, tmp_path, temporary):
    """They may be another's by then. Its sockets lie in the temporary folder, or in another with a shorter name."""
    (tmp_path / temporary).mkdir()
    source = "import json, ipykernel\njson.load(open(ipykernel.get_connection_file()))['transport']"
    path = chapter("01_one", source)
    environment = {**os.environ, "FOODCOURT_HOME": str(workbook.root), "TMPDIR": str(tmp_path / temporary)}
    done = subprocess.run([FOODCOURT, "run", "--save"], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert read(path, as_version=4).cells[1].outputs[0].data["text/plain"] == "'ipc'"
    assert not list((tmp_path / temporary).iterdir())


def test_an_error_that_is_meant(chapter, run):
    """A cell that is tagged `raises-exception` may fail, as it may in JupyterLab."""
    chapter("01_meant", "1 / 0", "print('goes on')", tags=["raises-exception"])
    assert run().returncode == 0


def test_a_cell_that_takes_too_long(chapter, run):
    """A cell that is still running after `--timeout` seconds is stopped and named."""
    chapter("01_slow", "import time\ntime.sleep(600)")
    done = run("--timeout", "1")
    assert done.returncode == 1
    assert "01_slow.ipynb, cell 2: it did not end within 1 s" in done.stdout


def test_a_kernel_that_dies(chapter, run):
    """A kernel that ends midway fails the notebook with the kernel's last words."""
    chapter("01_dead", "import os, sys\nprint('farewell', file=sys.__stderr__, flush=True)\nos._exit(3)")
    done = run()
    assert done.returncode == 1
    assert "cell 2: the kernel ended while the cell ran" in done.stdout
    assert "  | farewell" in done.stdout


def test_save(chapter, run):
    """`--save` stores outputs that are the same on every run, so that a second run changes nothing."""
    path = chapter("01_one", "import os; print(os.getcwd())", "import ipywidgets\nipywidgets.IntSlider()")
    assert run("--save").returncode == 0
    first = path.read_bytes()
    assert [cell.outputs[0].get("text") for cell in read(path, 4).cells[1:2]] == ["notebooks\n"]
    assert b"model_id" not in first
    assert run("--save").returncode == 0
    assert path.read_bytes() == first


def test_failed_notebook_is_not_saved(chapter, run):
    """A notebook that fails keeps the outputs that it had."""
    path = chapter("01_bad", "print(1)", "1 / 0")
    before = path.read_bytes()
    assert run("--save").returncode == 1
    assert path.read_bytes() == before


def test_two_at_a_time(chapter, run, tmp_path):
    """With `--jobs 2` two notebooks run side by side: each waits for a file that the other one writes."""
    code = (
        "import pathlib, time\n"
        "pathlib.Path('{mine}').touch()\n"
        "while not pathlib.Path('{other}').exists(): time.sleep(.01)"
    )
    chapter("01_a", code.format(mine=tmp_path / "a", other=tmp_path / "b"))
    chapter("02_b", code.format(mine=tmp_path / "b", other=tmp_path / "a"))
    assert run("--jobs", "2", "--timeout", "30").returncode == 0


def test_a_file_that_is_no_notebook(chapter, workbook, run):
    """A broken file is a message with what to type, status 2, and no traceback."""
    (workbook.notebooks / "01_broken.ipynb").write_text("{")
    done = run()
    assert done.returncode == 2
    assert "next: git checkout" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_notebook(chapter, run):
    """An unknown name ends with status 2 and names the notebooks that there are."""
    chapter("01_one", "1")
    done = run("7")
    assert done.returncode == 2
    assert "01_one" in done.stderr


def test_progress_bar_on_a_terminal(chapter, workbook):
    """On a terminal a bar counts the cells."""
    chapter("01_one", "print(1)", "print(2)")
    leader, follower = os.openpty()
    environment = {**os.environ, "FOODCOURT_HOME": str(workbook.root), "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        [FOODCOURT, "run"], stdin=follower, stdout=follower, stderr=follower, env=environment
    ) as process:
        os.close(follower)
        shown = b""
        while chunk := read_terminal(leader):
            shown += chunk
        os.close(leader)
    assert process.returncode == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    assert re.search(r"01_one ━+ 2/2 cells \d:\d\d:\d\d ok", text)


def read_terminal(leader):
    try:
        return os.read(leader, 65536)
    except OSError:  # Linux says EIO when the other end is closed
        return b""


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_broken_off(chapter, workbook, tmp_path, number, status):
    """Broken off midway, the kernel and the services that its cells started are gone within three seconds."""
    chapter(
        "01_busy",
        "import os, time\n"
        "from foodcourt.processes import Service\n"
        "service = Service(['sleep', '600']).start()\n"
        f"open('{tmp_path}/pids', 'w').write(f'{{os.getpid()}} {{service.pid}}\\n')\n"
        "time.sleep(600)",
    )
    chapter("02_next", "print('never')")
    environment = {**os.environ, "FOODCOURT_HOME": str(workbook.root)}
    with subprocess.Popen(
        [FOODCOURT, "run"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
    ) as process:
        started = [psutil.Process(int(pid)) for pid in wait_for(tmp_path / "pids").split()]
        process.send_signal(number)
        assert process.wait(10) == status
        _, alive = psutil.wait_procs(started, timeout=3)
        assert not alive
        printed = process.stdout.read()
    assert "Traceback" not in printed
    assert "02_next" not in printed
