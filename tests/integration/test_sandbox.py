"""The sandbox, seen from inside by a program that looks around."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import certifi
import psutil
import pytest
from leaks import until

from foodcourt.processes.cgroups import Cgroup
from foodcourt.processes.sandbox import Sandbox

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "ex1_two_services"

# Makes a sandbox in a process of its own, as a checker does, runs a program inside and tells what came of it.
OWNER = """
import json, os, sys
from pathlib import Path
from foodcourt.processes import ForkServer
from foodcourt.processes.sandbox import INSIDE, Limits, Sandbox

base, source, limits = Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
with ForkServer("python") as outside:
    (base / "area").mkdir()
    with Sandbox(base / "area", Limits(**limits)) as sandbox:
        programs = ForkServer.attach(os.dup(outside.fileno()), base, sandbox)
        home = base / "area" / INSIDE
        (home / "program.py").write_text(source)
        env = {"PATH": os.path.dirname(sys.executable) + ":/usr/bin:/bin", "HOME": str(home)}
        process = programs.launch(["python", "program.py"], cwd=home, env=env, log=base / "log")
        print("runs", process.pid, flush=True)
        status = process.wait(20)
        orphans = process.orphans
        process.close()
        programs.close()
print(json.dumps([status, orphans, (base / "log").read_text()]))
"""


@pytest.fixture
def inside(tmp_path, no_process_left):
    """Run a program in a sandbox and give its exit status, how many processes it left behind, and what it printed."""

    def run(source, **limits):
        (tmp_path / "secret").write_text("the answers")
        base = tempfile.mkdtemp(dir=tmp_path)
        command = [sys.executable, "-c", OWNER, base, source, json.dumps(limits)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run


def answers(source):
    """Wrap an expression in a program that prints its value as JSON."""
    return f"import json, os, pathlib, socket, subprocess\nprint(json.dumps({source}))"


def test_nothing_of_the_machine_is_seen(inside, tmp_path):
    """No home folder, no repository, no neighbours' files, no processes and no devices but the harmless ones."""
    folders = [
        "/home",
        "/root/.ssh",
        "/var",
        "/etc/shadow",
        "/etc/ssl/private",
        "/sys",
        str(ROOT / "src"),
        str(tmp_path / "secret"),
    ]
    status, _, printed = inside(answers(f"[p for p in {folders!r} if os.path.exists(p)]"))
    assert (status, json.loads(printed)) == (0, [])
    _, _, printed = inside(answers("[int(p) for p in os.listdir('/proc') if p.isdigit()]"))
    assert max(json.loads(printed)) < 1_000
    _, _, printed = inside(answers("sorted(os.listdir('/dev'))"))
    assert not {"mem", "kmsg", "sda", "vda", "tty"} & set(json.loads(printed))


def test_nothing_can_be_written_but_the_scratch_folder(inside):
    """The system and Python are read-only; home, /tmp and shared memory are the scratch folder's."""
    places = ["/usr/x", "/etc/x", f"{sys.prefix}/x", "x", "/tmp/x", "/dev/shm/x"]
    source = """
def write(path):
    try:
        return bool(pathlib.Path(path).write_text("x"))
    except OSError:
        return False
"""
    head, _, tail = answers(f"[p for p in {places!r} if write(p)]").partition("\n")
    status, _, printed = inside(f"{head}\n{source}\n{tail}")
    assert (status, json.loads(printed)) == (0, ["x", "/tmp/x", "/dev/shm/x"])


def test_what_belongs_to_root_is_out_of_reach_where_root_grades(inside):
    """No setting of the kernel's can be written, and no device of the machine gets another owner or mode."""
    source = """
def writable():
    for here, folders, files in os.walk("/proc"):
        if here == "/proc":
            folders[:] = [name for name in folders if not name.isdigit() and "self" not in name]
        yield from (path for path in (os.path.join(here, name) for name in files) if os.access(path, os.W_OK))

def changeable(path):
    try:
        os.chmod(path, os.stat(path).st_mode & 0o7777)
        return True
    except OSError:
        return False
"""
    devices = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/proc/self/fd/0"]
    head, _, tail = answers(f"[*writable(), *(p for p in {devices!r} if changeable(p))]").partition("\n")
    more = "\nopen('/dev/null', 'w').write('x')\nprint(open('/proc/1/status').read())"
    status, _, printed = inside(f"{head}\n{source}\n{tail}{more}")
    assert status == 0, printed
    first, _, of_the_first_process = printed.partition("\n")
    assert json.loads(first) == []
    assert "CapEff:\t0000000000000000" in of_the_first_process  # it can be traced, and has nothing to give


def test_there_are_no_privileges_to_be_had(inside):
    """No capability is left, none can be gained, and no namespace in which there would be some can be made."""
    status, _, printed = inside(
        answers("pathlib.Path('/proc/self/status').read_text()")
        + "\nprint(subprocess.run(['unshare', '--user', 'true'], stderr=subprocess.DEVNULL).returncode)"
    )
    assert status == 0
    text, code = printed.rsplit("\n", 2)[0], printed.split("\n")[-2]
    told = dict(line.split(":\t") for line in json.loads(text).splitlines() if ":\t" in line)
    assert {int(told[f"Cap{name}"], 16) for name in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {0}
    assert told["NoNewPrivs"] == "1"
    assert code != "0"


def test_the_only_network_is_a_loopback(inside):
    """There is no other interface, and no way to any address elsewhere."""
    _, _, printed = inside(answers("[name for _, name in socket.if_nameindex()]"))
    assert json.loads(printed) == ["lo"]
    status, _, printed = inside("import socket\nsocket.create_connection(('192.0.2.1', 80), 5)")
    assert status == 1
    assert "unreachable" in printed


def test_a_client_reads_one_certificate_instead_of_all(inside):
    """Inside, the certificates that httpx reads for each client are one, and stay what they are."""
    found = inside(
        """
import certifi, httpx
print(certifi.contents().count("BEGIN CERTIFICATE"))
httpx.Client().close()
try:
    open(certifi.where(), "a")
except OSError as error:
    print(type(error).__name__, error.errno)
"""
    )
    assert found == [0, 0, "1\nOSError 30\n"]
    assert certifi.contents().count("BEGIN CERTIFICATE") > 1


def test_a_flood_of_files_ends_at_the_limit(inside):
    """What is written is counted together, /tmp and shared memory included."""
    source = "for i in range(99):\n    open(f'/tmp/{i}', 'wb').write(b'x' * (1 << 20))"
    status, _, printed = inside(source, scratch=8 << 20)
    assert status == 1
    assert "No space left on device" in printed


def test_a_fork_bomb_ends_at_the_limit(inside):
    """Processes are counted, and gone with the sandbox, those too that made themselves sessions of their own."""
    source = """
import os, time
made = 0
try:
    while True:
        if os.fork() == 0:
            os.setsid()
            time.sleep(600)
        made += 1
except OSError as error:
    print(made, error)
    os._exit(3)
"""
    status, orphans, printed = inside(source, processes=60)
    assert status == 3
    assert 20 < orphans <= 60
    assert "Resource temporarily unavailable" in printed


def test_memory_ends_at_the_limit(inside):
    """Who takes more than there is for all of the sandbox is refused or killed; the machine does not notice."""
    status, _, printed = inside("x = [bytearray(b'x' * (1 << 20)) for _ in range(4_000)]", memory=200 << 20)
    assert status == -9 or (status == 1 and "MemoryError" in printed)


# Sends descriptors that nobody takes, as many as it can, and says so.
SENDS_DESCRIPTORS = """
import itertools, socket, time
kept = []
try:
    for _ in range(100):
        kept.append(socket.socketpair())
        socket.send_fds(kept[-1][0], [b"x"], [0] * 253)
    print("as many as it likes", flush=True)
except OSError as error:
    print("full", error, flush=True)
time.sleep(60)
"""


def test_descriptors_under_way_keep_nobody_from_starting(tmp_path, no_process_left):
    """What one program has sent and nobody takes leaves room for others to start, also where a shell allows few."""
    start = "        process = programs.launch("
    another = """
        hog = programs.launch(["python", "hog.py"], cwd=home, env=env, log=base / "hog")
        while not (told := (base / "hog").read_text() if (base / "hog").exists() else ""):
            os.sched_yield()
        print(told.split()[0])
"""
    owner = OWNER.replace(start, f"        (home / 'hog.py').write_text({SENDS_DESCRIPTORS!r}){another}{start}")
    command = [
        "sh",
        "-c",
        'ulimit -Sn 1024; exec "$@"',
        "sh",
        sys.executable,
        "-c",
        owner,
        tmp_path,
        "print('ok')",
        "{}",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "full"
    assert json.loads(done.stdout.splitlines()[-1]) == [0, 0, "ok\n"]


def test_sockets_are_of_the_usual_families(inside):
    """What lessons use can be had, and what getaddrinfo asks; not families whose buffers count for nobody."""
    source = """
import ctypes, errno, socket, platform
for family, kind, protocol in (
    (socket.AF_UNIX, socket.SOCK_STREAM, 0), (socket.AF_INET, socket.SOCK_DGRAM, 0),
    (socket.AF_INET6, socket.SOCK_STREAM, 0), (socket.AF_NETLINK, socket.SOCK_RAW, 0),
    (socket.AF_NETLINK, socket.SOCK_RAW, 2), (socket.AF_ALG, socket.SOCK_SEQPACKET, 0),
    (socket.AF_VSOCK, socket.SOCK_STREAM, 0),
):
    try:
        socket.socket(family, kind, protocol).close()
        print(int(family), protocol, "made")
    except OSError as error:
        print(int(family), protocol, errno.errorcode[error.errno])
libc = ctypes.CDLL(None, use_errno=True)
print(libc.syscall(425, 8, ctypes.create_string_buffer(120)), errno.errorcode[ctypes.get_errno()])
print(len(socket.socketpair()), socket.getaddrinfo("localhost", 80)[0][4][1])
"""
    status, _, printed = inside(source)
    assert status == 0, printed
    assert printed.splitlines() == [
        "1 0 made", "2 0 made", "10 0 made", "16 0 made", "16 2 EAFNOSUPPORT", "38 0 EAFNOSUPPORT",
        "40 0 EAFNOSUPPORT", "-1 ENOSYS", "2 80",
    ]  # fmt: skip


@pytest.mark.parametrize("victim", ["owner", "program"])
def test_the_sandbox_ends_with_its_owner(tmp_path, no_process_left, victim):
    """kill -9 of who made the sandbox takes everything inside along, a daemon that hides included."""
    source = "import os, time\nif os.fork() == 0:\n    os.setsid()\ntime.sleep(600)"
    command = [sys.executable, "-c", OWNER, tmp_path, source, "{}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        pid = int(owner.stdout.readline().split()[1])
        (owner if victim == "owner" else psutil.Process(pid)).kill()
        owner.stdout.read()
    until(lambda: not psutil.pid_exists(pid), what="the end of the program")


def test_who_is_not_root_has_one_too(no_process_left):
    """Grading works the same for an ordinary user."""
    user = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/", "--"]
    foodcourt = Path(sys.executable).with_name("foodcourt")
    command = [*user, foodcourt, "check", "ex1", "--submission", SOLUTION, "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sandbox"] == "bubblewrap"


def test_without_bubblewrap_a_check_says_so(tmp_path, no_process_left):
    """`check` grades without a sandbox where there can be none, and the report says that it did."""
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("sh", "python3"):
        (commands / name).symlink_to(shutil.which(name))
    foodcourt = Path(sys.executable).with_name("foodcourt")
    command = [foodcourt, "check", "ex1", "--submission", SOLUTION, "--json", "-"]
    env = {**os.environ, "PATH": str(commands)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, env=env, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["sandbox"] == "off"


@pytest.fixture
def groups():
    """Control groups can be made here; otherwise there is nothing to see."""
    found = Cgroup.create(1 << 30, 100)
    found.remove()
    if not found.folders:
        pytest.skip("nobody may make control groups here")


@pytest.mark.usefixtures("groups")
def test_groups_of_killed_graders_are_removed():
    """A group goes when the next one is made, once its maker is gone; so does ours, when it is closed."""
    make = "from foodcourt.processes.cgroups import Cgroup; print(*Cgroup.create(1 << 30, 100).folders)"
    left = subprocess.run([sys.executable, "-c", make], capture_output=True, text=True, check=True).stdout.split()
    ours = Cgroup.create(1 << 30, 100)
    ours.remove()
    assert not [folder for folder in (*left, *ours.folders) if Path(folder).exists()]


@pytest.mark.usefixtures("groups")
def test_a_group_stays_while_its_maker_lives():
    """A group that nobody is in yet, or any more, keeps its limits while graders beside it make their own."""
    ours, beside = Cgroup.create(1 << 30, 100), Cgroup.create(1 << 30, 100)
    kept = [Path(folder).exists() for folder in ours.folders]
    ours.remove()
    beside.remove()
    assert all(kept)


def test_an_end_that_takes_long_raises_nothing(monkeypatch):
    """Where the kernel is busy taking down what others had inside, nothing that was judged before is in doubt."""
    monkeypatch.setattr("foodcourt.processes.sandbox._PATIENCE_AT_THE_END", 0.05)
    ours, theirs = socket.socketpair()
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE) as late, theirs:
        sandbox = object.__new__(Sandbox)
        sandbox._held, sandbox._popen, sandbox._cgroup = ours, late, Cgroup()
        sandbox.pidfd = os.pidfd_open(late.pid)
        monkeypatch.setattr(signal, "pidfd_send_signal", lambda *_: None)  # it is killed, and does not end for long
        sandbox.close()
        assert late.poll() is None
        late.stdin.close()
    assert ours.fileno() == -1


SLOW = """
import json, os, signal, subprocess, sys, threading, time
from pathlib import Path
from foodcourt.errors import FoodCourtError, SandboxLost
from foodcourt.processes import ForkServer, children, forkserver, inside
from foodcourt.processes.sandbox import INSIDE, Sandbox

forkserver._PATIENCE, inside.PATIENCE = 0.5, float(sys.argv[2])
base, seconds = Path(sys.argv[1]), float(sys.argv[3])
with ForkServer("python") as outside:
    (base / "area").mkdir()
    with Sandbox(base / "area") as sandbox:
        programs = ForkServer.attach(os.dup(outside.fileno()), base, sandbox)
        home = base / "area" / INSIDE
        (home / "program.py").write_text("print('ran')")
        env = {"PATH": os.path.dirname(sys.executable) + ":/usr/bin:/bin", "HOME": str(home)}

        def run():
            process = programs.launch(["python", "program.py"], cwd=home, env=env, log=base / "log")
            process.wait(20)
            process.close()

        run()
        (starter,) = children(outside._popen.pid)
        starter.suspend()  # as if the cores were others' meanwhile
        whom = starter.pid if sys.argv[4] == "SIGCONT" else outside._popen.pid
        threading.Timer(seconds, os.kill, (whom, signal.Signals[sys.argv[4]])).start()
        try:
            run()
            print((base / "log").read_text().strip())
        except FoodCourtError as error:
            print(type(error).__name__, error)
        programs.close()
"""


@pytest.mark.parametrize(
    ("patience", "seconds", "then", "comes"),
    [
        ("30", "2", "SIGCONT", "ran"),
        (
            "1",
            "3",
            "SIGCONT",
            "FoodCourtError expected python to start within 1 s, but this machine is too busy\ntry: ",
        ),
        ("30", "0.2", "SIGKILL", "FoodCourtError the fork server is gone"),
    ],
    ids=["late", "too late", "killed"],
)
def test_what_befalls_the_machine_is_not_the_submissions_fault(
    tmp_path, no_process_left, patience, seconds, then, comes
):
    """A program that starts late because others have the cores starts; one that never can is an error of ours."""
    command = [sys.executable, "-c", SLOW, tmp_path, patience, seconds, then]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(comes)


AGAIN = """
import os, sys
from pathlib import Path
from foodcourt.errors import FoodCourtError
from foodcourt.processes import ForkServer, children
from foodcourt.processes.sandbox import INSIDE, Sandbox

base = Path(sys.argv[1])
with ForkServer("python") as outside:
    (base / "area").mkdir()
    with Sandbox(base / "area") as sandbox:
        programs = ForkServer.attach(os.dup(outside.fileno()), base, sandbox)
        home = base / "area" / INSIDE
        (home / "program.py").write_text("print('ran', flush=True); import time; time.sleep(60)")
        env = {"PATH": os.path.dirname(sys.executable) + ":/usr/bin:/bin", "HOME": str(home)}

        def launch():
            return programs.launch(["python", "program.py"], cwd=home, env=env, log=base / "log")

        first, second = launch(), launch()
        (starter,) = children(outside._popen.pid)
        starter.kill()
        print(first.wait(20), second.wait(20), flush=True)
        third = launch()
        print(third.wait(0), len(children(outside._popen.pid)), flush=True)
        sandbox.close()
        print(third.wait(20), flush=True)
        try:
            launch()
        except FoodCourtError as error:
            print(type(error).__name__, error, flush=True)
        for process in (first, second, third):
            process.close()
        programs.close()
"""


def test_what_starts_programs_inside_is_started_again(tmp_path, no_process_left):
    """Where it was killed, its programs have ended with it and the next one runs; in no sandbox nothing starts."""
    done = subprocess.run([sys.executable, "-c", AGAIN, tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "-9 -9",
        "None 1",
        "-9",
        "SandboxLost python cannot be started among the programs that run already",
    ]
