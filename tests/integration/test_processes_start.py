"""Starting services: readiness, early ends, what can be wrong with a command."""

import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

import httpx
import pytest

from foodcourt.errors import FoodCourtError, ServiceExited, ServiceNotReady, UsageError
from foodcourt.processes import (
    ForkServer,
    GrpcReady,
    HttpReady,
    LogReady,
    Process,
    Service,
    TcpReady,
    base_environment,
    free_port,
    wire,
)

pytestmark = pytest.mark.usefixtures("no_process_left")

USERS = """
from fastapi import FastAPI
app = FastAPI()

@app.get("/health")
def health():
    return {"status": "ok"}
"""
UVICORN = ["uvicorn", "users:app", "--port", "{port}"]

GRPC = """
import sys, threading, time, grpc
from concurrent.futures import ThreadPoolExecutor
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
servicer = health.HealthServicer()
servicer.set("", health_pb2.HealthCheckResponse.NOT_SERVING)
server = grpc.server(ThreadPoolExecutor(2))
health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
time.sleep(0.3)
server.add_insecure_port("127.0.0.1:" + sys.argv[1])
server.start()
print("listening", flush=True)
time.sleep(0.3)
servicer.set("", health_pb2.HealthCheckResponse.SERVING)
print("serving", flush=True)
server.wait_for_termination()
"""

LISTENER = """
import socket, sys, time
print("starting")
time.sleep(0.2)
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
print("listening")
while True:
    client = server.accept()[0]
    {answer}
"""


@pytest.fixture
def users(tmp_path):
    """A folder with a FastAPI service."""
    (tmp_path / "users.py").write_text(USERS)
    return tmp_path


def python(source, *args, **options):
    """Describe a service that is a Python program, executed."""
    return Service([sys.executable, "-c", source, *args], name="program", **options)


def test_a_service_answers_once_it_is_started(users):
    """After `start` a request is answered, without any waiting of our own."""
    with Service(UVICORN, cwd=users, ready=HttpReady("/health")) as service:
        assert httpx.get(f"{service.url}/health").json() == {"status": "ok"}
        assert service.running
        assert service.exit_status is None
        assert "GET /health" in service.logs()
    assert not service.running
    with pytest.raises(httpx.ConnectError):
        httpx.get(service.url)


def test_an_unfinished_service_is_ready(users):
    """Any answer below 500 will do unless a status is asked for: a starter without /health has started too."""
    with Service(UVICORN, cwd=users, ready=HttpReady("/nothing")) as service:
        assert service.running
    with pytest.raises(ServiceNotReady, match="GET /nothing answers 200"):
        Service(UVICORN, cwd=users, ready=HttpReady("/nothing", status=200), ready_timeout=0.3).start()


def test_tcp_ready_waits_for_the_port():
    """`TcpReady` waits until the port accepts connections."""
    with python(LISTENER.format(answer="client.close()"), "{port}", ready=TcpReady()) as service:
        assert "listening" in service.logs()


def test_log_ready_waits_for_a_line():
    """`LogReady` waits until the output holds the pattern."""
    source = "import time; print('one'); time.sleep(0.2); print('two: 17'); time.sleep(60)"
    with python(source, ready=LogReady(r"two: \d+\n")) as service:
        assert service.logs() == "one\ntwo: 17\n"


def test_grpc_ready_waits_for_serving(monkeypatch):
    """`GrpcReady` waits until the health service says SERVING, past a proxy in the environment, and asks often."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    began = time.monotonic()
    with python(GRPC, "{port}", ready=GrpcReady()) as service:
        assert "serving" in service.logs()
        took = time.monotonic() - began
        assert took < 5
        with pytest.raises(ServiceNotReady, match="answers SERVING for 'other'"):
            python(GRPC, "{port}", ready=GrpcReady("other"), ready_timeout=1).start()


def test_an_early_end_is_noticed_at_once():
    """A service that ends before it is ready is reported right then, with status, last lines and log."""
    source = "import sys; print('reading the menu'); print('no menu', file=sys.stderr); sys.exit(3)"
    began = time.monotonic()
    with pytest.raises(ServiceExited) as caught:
        python(source, ready=TcpReady(), ready_timeout=60).start()
    assert time.monotonic() - began < 5
    error = caught.value
    assert error.status == 3
    assert error.tail == "reading the menu\nno menu"
    assert error.log_path.read_text() == "reading the menu\nno menu\n"
    assert "expected program to start, but it ended with exit status 3" in str(error)
    assert "  | no menu" in str(error)
    assert f"whole log: {error.log_path}" in str(error)


def test_an_end_by_a_signal_is_named():
    """A service that a signal ended is reported with the signal's name."""
    with pytest.raises(ServiceExited, match=r"SIGSEGV \(Segmentation fault\)") as caught:
        python("import os; os.kill(os.getpid(), 11)", ready=TcpReady()).start()
    assert caught.value.status == -11


def test_the_status_of_the_shortest_program_is_kept():
    """Even a program that ends before anybody looks has its true exit status, every time."""
    for status in [0, 7] * 15:
        service = Service(["sh", "-c", f"exit {status}"])
        service.start()
        assert service.wait(5) == status
        service.close()


def test_one_that_is_never_ready_is_reported_and_stopped():
    """A service that runs but never becomes ready is reported with its last lines, and is gone."""
    service = python("import time; print('still cooking'); time.sleep(60)", ready=TcpReady(), ready_timeout=0.4)
    with pytest.raises(ServiceNotReady, match=r"within 0.4 s \(its port accepts a connection\)") as caught:
        service.start()
    assert "still cooking" in caught.value.tail
    assert not service.running


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("time.sleep(30)", id="silence"),
        pytest.param("[(client.send(b'H'), time.sleep(0.02)) for _ in range(10_000)]", id="drips"),
        pytest.param("client.sendall(b'no http at all' * 1000 + b'\\n'); client.close()", id="no_http"),
    ],
)
def test_a_probe_never_outlasts_its_service(answer):
    """However strangely a service answers the probe, `start` ends about in time."""
    began = time.monotonic()
    with pytest.raises(ServiceNotReady):
        python(LISTENER.format(answer=answer), "{port}", ready=HttpReady(), ready_timeout=0.5).start()
    assert time.monotonic() - began < 4


@pytest.mark.parametrize("ready", [TcpReady(), None])
def test_a_missing_program_is_named(ready):
    """A command that does not exist ends with 127, as in a shell, and its log says so."""
    service = Service(["no-such-program"], ready=ready)
    if ready is None:
        assert service.start().wait(5) == 127
    else:
        with pytest.raises(ServiceExited, match="no-such-program: No such file or directory") as caught:
            service.start()
        assert caught.value.status == 127
    service.close()


@pytest.mark.parametrize("command", [["uvicorn", "users:app"], ["sleep", "60"]])
def test_a_missing_folder_is_named(command, tmp_path):
    """A folder that does not exist is what the message speaks of, not the program."""
    with pytest.raises(ServiceExited, match=r"cannot start .* in .*/nowhere: No such file or directory"):
        Service(command, cwd=tmp_path / "nowhere", ready=TcpReady()).start()


def test_a_port_in_use_is_not_taken_for_ready(users):
    """Somebody else's answer on the port that was asked for does not count: the message says the port is taken."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"port {port} to be free for users"):
            Service(UVICORN, cwd=users, ready=HttpReady(), port=port).start()


def test_a_port_lost_between_choice_and_use_is_chosen_anew(users, monkeypatch):
    """When somebody takes the chosen port before the service binds it, another port is tried."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ports = iter([other.getsockname()[1]])
        monkeypatch.setattr("foodcourt.processes.service.free_port", lambda: next(ports, None) or free_port())
        with Service(UVICORN, cwd=users, ready=HttpReady(status=200)) as service:
            assert service.port != other.getsockname()[1]


def test_the_command_does_the_same_in_a_shell(users, tmp_path_factory, monkeypatch):
    """The line that `command` gives, typed in a shell, starts the same service with the same settings and folder."""
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    source = "import os; print(os.getcwd(), os.environ['GREETING'], os.environ['URL'])"
    service = python(source, cwd=users, env={"GREETING": 'it\'s $HOME; "hi"', "URL": "http://127.0.0.1:{port}"})
    service.start().wait(5)
    by_hand = subprocess.run(
        ["sh", "-c", service.command], env=base_environment(), capture_output=True, text=True, timeout=20, check=True
    )
    assert by_hand.stdout == service.logs()
    assert f"http://127.0.0.1:{service.port}" in service.command
    monkeypatch.chdir(users)
    assert service.command.startswith("GREETING=")
    service.close()


def test_what_is_asked_before_the_start_is_refused(users):
    """Process id and log are there from the start on; before, the message says what to call."""
    service = Service(UVICORN, cwd=users)
    assert (service.name, service.running, service.exit_status, service.stop()) == ("users", False, None, None)
    with pytest.raises(FoodCourtError, match=r"call start\(\) first"):
        _ = service.pid
    with pytest.raises(FoodCourtError, match=r"call start\(\) first"):
        service.logs()


def test_two_threads_start_services_at_once(users):
    """Threads that start services at the same time each get their own, on ports of their own."""
    services = [Service(UVICORN, cwd=users, ready=HttpReady()) for _ in range(6)]
    threads = [threading.Thread(target=service.start) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert all(httpx.get(f"{service.url}/health").status_code == 200 for service in services)
    assert len({service.port for service in services}) == len({service.pid for service in services}) == 6
    for service in services:
        service.close()


@pytest.mark.parametrize(
    "words", ["[Errno 98] Address already in use", "{listen_error,eaddrinuse}", "Address in use"]
)
def test_a_port_that_was_taken_meanwhile_is_given_up_for_another(tmp_path, words):
    """Whatever words a program has for a taken port, it is started again on another one; a fixed port is not."""
    (tmp_path / "server.py").write_text(
        "import pathlib, sys\n"
        "if not pathlib.Path('once').exists():\n"
        f"    pathlib.Path('once').touch()\n    sys.exit({words!r})\n"
        "print('ready on', sys.argv[1])\nimport time\ntime.sleep(60)\n"
    )
    command = [sys.executable, "server.py", "{port}"]
    with Service(command, cwd=tmp_path, ready=LogReady(r"ready on \d+\n")) as service:
        assert service.logs() == f"ready on {service.port}\n"
    (tmp_path / "once").unlink()
    with pytest.raises(ServiceExited):
        Service(command, cwd=tmp_path, ready=LogReady("ready on"), port=free_port()).start()


LATE = """
import os, socket, sys, time
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
while time.process_time() < 0.4:
    pass
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
time.sleep(60)
"""
BURN = """
import os
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
print("burns", flush=True)
while True:
    pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how long a program waits for a core")
def test_waiting_for_a_core_is_not_counted():
    """A program that needs 0.4 s, on a core that four others share, is ready in time where 1.6 s are allowed."""
    with ExitStack() as burning:
        for _ in range(4):
            burning.enter_context(python(BURN, ready=LogReady("burns")))
        with python(LATE, "{port}", ready=TcpReady(), ready_timeout=1.6) as late:
            assert late.running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how long a program waits for a core")
def test_a_program_that_got_no_core_is_not_to_blame():
    """Where thirty others have the core for so long that nobody can tell, that is what the error says."""
    with ExitStack() as burning:
        for _ in range(30):
            burning.enter_context(python(BURN, ready=LogReady("burns"), ready_timeout=60))
        with pytest.raises(FoodCourtError, match="this machine is too busy"):
            python(LATE, "{port}", ready=TcpReady(), ready_timeout=0.4).start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts how long a program waits for a core")
def test_a_program_that_had_a_core_for_long_is_given_up_in_time():
    """One that loops for ever gets no more time because others have the cores too."""
    with python(BURN, ready=LogReady("burns")):
        began = time.monotonic()
        with pytest.raises(ServiceNotReady):
            python(BURN, ready=TcpReady(), ready_timeout=0.9).start()
        assert time.monotonic() - began < 3


@pytest.mark.skipif(sys.platform != "linux", reason="there are sandboxes, and other numbers in them, on Linux only")
def test_the_pid_in_a_sandbox_is_never_taken_for_the_one_out_here():
    """A program in a sandbox has its number out here, also where several messages of its keeper come at once."""
    ours, theirs = socket.socketpair()
    with theirs, subprocess.Popen(["cat"], stdin=subprocess.PIPE) as program:
        wire.send(theirs, {"pid": 3}, [pidfd := os.pidfd_open(program.pid)])
        os.close(pidfd)
        wire.send(theirs, {"exited": 0, "orphans": 0})
        process = Process(ours)
        assert process.wait_started(5)
        assert process.pid == program.pid
        theirs.shutdown(socket.SHUT_RDWR)
        process.close()


def test_a_launch_that_fails_is_told_and_costs_only_itself(tmp_path):
    """Where a log cannot be written, the error says so, and the fork server starts the next program."""
    env = base_environment()
    with ForkServer() as server:
        with pytest.raises(FoodCourtError, match="No such file or directory"):
            server.launch(["true"], cwd=tmp_path, env=env, log=tmp_path / "nowhere" / "log")
        process = server.launch(["true"], cwd=tmp_path, env=env, log=tmp_path / "log")
        assert process.wait(10) == 0
        process.close()
