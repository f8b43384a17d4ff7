"""A program that is forked behaves as one that a person starts in a terminal."""

import json
import os
import signal
import subprocess
import sys

import httpx
import psutil
import pytest

from foodcourt.errors import ServiceExited
from foodcourt.processes import ForkServer, HttpReady, Service, base_environment
from foodcourt.processes.preloads import PRELOADS

pytestmark = pytest.mark.usefixtures("no_process_left")

APP = "from fastapi import FastAPI\napp = FastAPI()\n"
# Says at import what a program can see of the way it was started, and ends.
PROBE = """
import json, multiprocessing.process, os, resource, signal, sys, threading, __main__
numbers = [number for number in signal.valid_signals() if number < 32]
json.dump({
    "argv": sys.argv,
    "path": sys.path,
    "cwd": os.getcwd(),
    "spawn": multiprocessing.process.ORIGINAL_DIR,
    "environment": {name: value for name, value in os.environ.items() if name not in ("_", "SHLVL", "PWD")},
    "main": [__main__.__name__, __main__.__package__, __main__.__file__],
    "streams": [[s.fileno(), s.encoding, s.errors, s.line_buffering or s.write_through]
                for s in (sys.stdout, sys.stderr)],
    "stdin": [sys.stdin.fileno(), sys.stdin.encoding, sys.stdin.read()],
    "same": [sys.stdout is sys.__stdout__, sys.stderr is sys.__stderr__],
    "ignored": [int(number) for number in numbers if signal.getsignal(number) is signal.SIG_IGN],
    "handled": [int(number) for number in numbers if callable(signal.getsignal(number))
                and number not in (signal.SIGTERM,)],
    "blocked": [int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
    "wakeup": signal.set_wakeup_fd(-1),
    "threads": [thread.name for thread in threading.enumerate()],
    "descriptors": sorted(int(fd) for fd in os.listdir("/dev/fd") if os.path.exists(f"/dev/fd/{fd}")),
    "umask": os.umask(0o22),
    "leader": os.getsid(0) == os.getpid(),
    "bytecode": sys.dont_write_bytecode,
    "files": resource.getrlimit(resource.RLIMIT_NOFILE),
}, sys.stdout)
sys.stdout.flush()
os._exit(0)
"""
FORKED = ["uvicorn", "probe:app", "--port", "{port}"]
EXECUTED = {"PYTHONNODEBUGRANGES": "1"}  # a setting of the interpreter: needs a new one


def by_hand(command, folder):
    """Run a program as a shell does and give its output."""
    return subprocess.run(
        command,
        cwd=folder,
        env=base_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=unignore_hangups,
        text=True,
        check=False,
        timeout=30,
    ).stdout


def unignore_hangups():
    """Have a program end with its terminal, even where nohup runs the tests."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def run(command, folder, **options):
    """Run a program to its end and give its output."""
    service = Service(command, cwd=folder, **options)
    service.start()
    assert service.wait(20) is not None
    output = service.logs()
    service.close()
    return output


def test_a_program_sees_no_difference(tmp_path):
    """Arguments, search path, environment, streams, signals, descriptors: all is as in a program started by hand."""
    (tmp_path / "probe.py").write_text(PROBE)
    forked = json.loads(run(FORKED, tmp_path, port=20_001))
    assert forked == json.loads(by_hand(["uvicorn", "probe:app", "--port", "20001"], tmp_path))
    assert forked["descriptors"] == [0, 1, 2]


def test_a_script_sees_no_difference(tmp_path):
    """The same holds for a script that is forked: it is the main module, in whichever folder it lies."""
    (tmp_path / "code").mkdir()
    for script in ("probe.py", "code/probe.py"):
        (tmp_path / script).write_text(PROBE)
        command = ["python", script, "--port", "20001"]
        assert json.loads(run(command, tmp_path)) == json.loads(by_hand(command, tmp_path))


@pytest.mark.parametrize(
    "arguments", [["-c", "print(__name__)"], ["nowhere.py"], ["broken.py"], ["wrong.py"], ["-V"]]
)
def test_a_script_fails_as_by_hand(tmp_path, arguments):
    """What Python says to its own options, to a missing file, to a syntax error or an exception is said too."""
    (tmp_path / "broken.py").write_text("def serve(:\n")
    (tmp_path / "wrong.py").write_text("import sys\nsys.argv[7]\n")
    assert run(["python", *arguments], tmp_path) == by_hand(["python", *arguments], tmp_path)


def test_a_script_outlives_its_last_line(tmp_path):
    """While a thread still runs, the main module's names are there, and what is registered to run at exit runs."""
    (tmp_path / "probe.py").write_text(
        "import atexit, threading, __main__\nMENU = 'soup'\natexit.register(lambda: print('closed'))\n"
        "def serve():\n    threading.main_thread().join()\n    print(MENU, __main__.MENU)\n"
        "threading.Thread(target=serve).start()\n"
    )
    assert run(["python", "probe.py"], tmp_path) == "soup soup\nclosed\n"


def test_stderr_can_have_a_log_of_its_own(tmp_path):
    """What goes to stdout and what goes to stderr can be told apart, forked or executed."""
    (tmp_path / "probe.py").write_text(
        "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')\n"
    )
    for command in (["python", "probe.py"], [sys.executable, "probe.py"]):
        with ForkServer("python") as server:
            out, err = server.folder / "out", server.folder / "err"
            process = server.launch(command, cwd=tmp_path, env=base_environment(), log=out, errors=err)
            assert process.wait(20) == 0
            process.close()
            assert (out.read_text(), err.read_text()) == ("out\nout again\n", "err\n")


def test_an_executed_program_sees_no_difference(tmp_path):
    """The same holds for a program that is executed: no descriptor, ignored signal or variable of ours reaches it."""
    source = (
        "import os; print(sorted(map(int, os.listdir('/dev/fd')))[:3]);"
        "print(sorted(os.environ)); masks = ('SigBlk', 'SigIgn', 'SigCgt');"  # SigQ counts the whole user's
        "print([l for l in open('/proc/self/status') if l.startswith(masks)])"
    )
    command = [sys.executable, "-c", source]
    assert run(command, tmp_path) == by_hand(command, tmp_path)
    assert run(["sh", "-c", "yes | head -1"], tmp_path) == "y\n"


def test_descriptors_are_handed_on(tmp_path):
    """Descriptors that were meant for a program reach it under the numbers it is told, and no others."""
    (tmp_path / "probe.py").write_text(
        "import os\nfor name in ('FIRST', 'SECOND'):\n    os.write(int(os.environ[name]), name.encode())\n"
        "print(sorted(int(fd) for fd in os.listdir('/dev/fd') if os.path.exists(f'/dev/fd/{fd}')))\nos._exit(0)\n"
    )
    for command in (["uvicorn", "probe:app"], [sys.executable, "probe.py"]):
        pipes = [os.pipe(), os.pipe()]
        with ForkServer("uvicorn") as server:
            process = server.launch(
                command,
                cwd=tmp_path,
                env=base_environment(),
                log=server.folder / "log",
                fds={"FIRST": pipes[0][1], "SECOND": pipes[1][1]},
            )
            assert process.wait(20) == 0
            assert (server.folder / "log").read_text() == "[0, 1, 2, 3, 4]\n"
            process.close()
        for (reader, writer), expected in zip(pipes, (b"FIRST", b"SECOND"), strict=True):
            os.close(writer)
            assert os.read(reader, 100) == expected
            os.close(reader)


def test_secrets_and_proxies_are_not_inherited(tmp_path, monkeypatch):
    """Of the owner's environment only what a program needs reaches a service."""
    for name in ("HTTP_PROXY", "https_proxy", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "PYTHONPATH", "REDIS_URL"):
        monkeypatch.setenv(name, "secret")
    (tmp_path / "probe.py").write_text(PROBE)
    for options in ({}, {"env": EXECUTED}):
        environment = json.loads(run(FORKED, tmp_path, **options))["environment"]
        allowed = {"PATH", "HOME", "USER", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "PYTHONUNBUFFERED"}
        assert set(environment) <= allowed | {"PYTHONDONTWRITEBYTECODE", *EXECUTED}
        assert "secret" not in environment.values()


def test_settings_are_seen_at_import(tmp_path):
    """A forked service reads its own settings while it is imported, its time zone included."""
    (tmp_path / "probe.py").write_text(
        "import os, time\nURL = os.environ['USERS_URL']\nprint(URL, time.localtime(0).tm_hour)\nos._exit(0)\n"
    )
    output = run(FORKED, tmp_path, env={"USERS_URL": "http://127.0.0.1:{port}", "TZ": "Etc/GMT-5"}, port=20_002)
    assert output == "http://127.0.0.1:20002 5\n"


def test_settings_of_the_interpreter_take_effect(tmp_path):
    """PYTHONPATH, PYTHONHASHSEED and their like work as by hand."""
    library = tmp_path / "library"
    library.mkdir()
    (library / "spices.py").write_text("name = 'saffron'\n")
    (tmp_path / "probe.py").write_text("import os, spices\nprint(spices.name, hash('a'))\nos._exit(0)\n")
    settings = {"PYTHONPATH": str(library), "PYTHONHASHSEED": "3"}
    outputs = {run(FORKED, tmp_path, env=settings) for _ in range(2)}
    assert len(outputs) == 1
    assert outputs.pop().startswith("saffron ")


@pytest.mark.parametrize("shadow", ["httpx.py", "httpx/__init__.py", "json/__init__.py"])
def test_a_file_that_shadows_a_library_is_found_first(tmp_path, shadow):
    """A file beside the service that bears the name of a library is imported in its place, as by hand."""
    (tmp_path / shadow).parent.mkdir(exist_ok=True)
    (tmp_path / shadow).write_text("print('my own')\n")
    (tmp_path / "probe.py").write_text("import os, httpx, json\nprint(json.__file__)\nos._exit(0)\n")
    output = run(FORKED, tmp_path)
    assert output == by_hand(FORKED[:2], tmp_path)
    assert output.startswith("my own") == shadow.startswith("httpx")  # uvicorn had json before


@pytest.mark.parametrize("option", [["--app-dir", "code"], ["--app-dir=code"]])
def test_a_shadow_in_the_folder_of_the_app_is_found_first(tmp_path, option):
    """The same holds where `--app-dir` names another folder."""
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "tenacity.py").write_text("")
    (tmp_path / "code" / "httpx.py").write_text("print('my own')")
    (tmp_path / "code" / "probe.py").write_text("import os, httpx\nos._exit(0)\n")
    assert run([*FORKED, *option], tmp_path) == "my own\n"


def test_files_that_shadow_nothing_cost_nothing(tmp_path):
    """A log or a picture that bears a library's name is no reason to start an interpreter."""
    for name in ("httpx.log", "fastapi.png", "notes.md"):
        (tmp_path / name).write_text("")
    (tmp_path / "probe.py").write_text("import os, sys\nprint('foodcourt.processes' in sys.modules)\nos._exit(0)\n")
    assert run(FORKED, tmp_path) == "True\n"


def test_a_traceback_begins_with_the_program(tmp_path):
    """The traceback of an app that fails to import shows uvicorn's and the app's frames, and none of ours."""
    (tmp_path / "probe.py").write_text("MENU = 1\nMENU / 0\n")
    with pytest.raises(ServiceExited, match=r"probe.py., line 2[^Z]*ZeroDivisionError") as caught:
        Service(FORKED, cwd=tmp_path, ready=HttpReady()).start()
    output = caught.value.log_path.read_text()
    assert "foodcourt/processes" not in output
    assert "runpy" not in output
    assert output.startswith("Traceback (most recent call last):\n")
    assert caught.value.status == 1


def test_a_usage_error_speaks_of_the_program(tmp_path):
    """A wrong option is reported with the words that uvicorn has for it."""
    assert run(["uvicorn", "--nonsense"], tmp_path) == by_hand(["uvicorn", "--nonsense"], tmp_path)


def test_random_numbers_differ(tmp_path):
    """Two services that are forked from one parent do not draw the same random numbers."""
    (tmp_path / "probe.py").write_text(
        "import os, random, uuid, secrets\nprint(random.random(), uuid.uuid4(), secrets.token_hex(4))\nos._exit(0)\n"
    )
    first, second = (run(FORKED, tmp_path).split() for _ in range(2))
    assert not set(first) & set(second)


def test_a_file_saved_within_the_second_is_run_as_it_is(tmp_path):
    """A service that is edited and started again at once runs the new code, not a compiled file of the old."""
    source = "import os\nfrom menu import DISH\nprint(DISH)\nos._exit(0)\n"
    (tmp_path / "probe.py").write_text(source)
    for dish in ("soup", "tart"):
        (tmp_path / "menu.py").write_text(f"DISH = '{dish}'\n")
        os.utime(tmp_path / "menu.py", (1_700_000_000, 1_700_000_000))  # the same second
        assert run(FORKED, tmp_path) == f"{dish}\n"
        assert run([sys.executable, "probe.py"], tmp_path) == f"{dish}\n"
    assert not (tmp_path / "__pycache__").exists()


def test_output_is_there_at_once_and_whole(tmp_path):
    """What a service prints without flushing is in its log, in the order in which it was written."""
    (tmp_path / "probe.py").write_text(
        "import os, sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('no newline', end='')\n"
        "sys.stdout.buffer.write(b'\\xff\\x00raw')\nos.system('echo child')\nprint('ü€')\nos._exit(0)\n"
    )
    assert run(FORKED, tmp_path) == "out\nerr\nno newline\ufffd\x00rawchild\nü€\n"


@pytest.mark.parametrize("options", [["--reload"], ["--workers", "2"]])
def test_uvicorn_starts_its_own_processes(tmp_path, options):
    """`--reload` and `--workers`, which start further interpreters, find the app and their output is in the log."""
    (tmp_path / "probe.py").write_text(
        APP + "@app.get('/health')\ndef health():\n    print('was asked')\n    return {}\n"
    )
    with Service([*FORKED, *options], cwd=tmp_path, ready=HttpReady(status=200)) as service:
        assert httpx.get(f"{service.url}/health").status_code == 200
        assert "was asked" in service.logs()


@pytest.mark.parametrize(
    "extra", [(), ("grpc", "grpc.aio", "grpc_health.v1.health", "grpc_reflection.v1alpha.reflection")]
)
def test_the_parent_has_one_thread(extra):
    """No preloaded library starts a thread: forking would be unsafe."""
    with ForkServer(*PRELOADS, extra=extra) as server:
        server.launch(["true"], cwd="/", env=base_environment(), log=server.folder / "log").close()
        assert psutil.Process(server._popen.pid).num_threads() == 1
