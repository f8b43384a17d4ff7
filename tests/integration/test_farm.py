"""Grading on a farm: a real Redis, real workers, and what happens when they are killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from kombu.exceptions import OperationalError
from leaks import until

from foodcourt.batch.farm.parcels import Forged, pack, unpack, unpack_report
from foodcourt.batch.farm.queue import TASK, Run, farm_app, farm_version
from foodcourt.batch.farm.signing import SECRET_VARIABLE, Secret
from foodcourt.batch.tasks import Task
from foodcourt.brokers.redis import redis_broker
from foodcourt.catalog import find_exercise
from foodcourt.grading.intake import digest_of, pieces
from foodcourt.reports.class_results import result_path
from foodcourt.workbook import Workbook

pytestmark = pytest.mark.usefixtures("no_process_left")

ROOT = Path(__file__).resolve().parents[2]
WORKBOOK = Workbook(ROOT)
SOLUTION = ROOT / "solutions" / "ex3_grpc_echo"
FOODCOURT = Path(sys.executable).with_name("foodcourt")
SECRET = "a secret of this test alone"
ENVIRONMENT = {**os.environ, SECRET_VARIABLE: SECRET}
VERSION = farm_version(WORKBOOK, Secret(SECRET.encode()))


@pytest.fixture
def broker():
    """A Redis of its own, that keeps nothing on disk."""
    with redis_broker(embedded=True) as broker:
        yield broker


@pytest.fixture
def farm(broker):
    """Its address."""
    return broker.url


@pytest.fixture
def worker(farm, tmp_path):
    """Start workers, which keep what they make in a folder of this test; with it they end, and leave nothing."""
    started, scratch = [], tmp_path / "scratch"
    scratch.mkdir()

    def start(**env):
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("wb") as output:
            command = [FOODCOURT, "worker", "--farm", farm, "--jobs", "1"]
            environment = {**ENVIRONMENT, "TMPDIR": str(scratch), **env}
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        process.log = log
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(30)
    until(lambda: not list(scratch.rglob("*.py")), what="the removal of learners' work")


def ready(process):
    until(
        lambda: "ready for work" in process.log.read_text() or process.poll() is not None, within=40, what="a worker"
    )
    assert process.poll() is None, process.log.read_text()
    return process


def hand_in(tmp_path, count):
    """Hand in work that differs in a comment."""
    folder = tmp_path / "class"
    for number in range(count):
        work = folder / f"learner{number}" / "ex3"
        shutil.copytree(SOLUTION, work)
        with (work / "server.py").open("a") as file:
            file.write(f"# {number}\n")
    return folder


def grade(folder, out, farm, **options):
    command = [FOODCOURT, "grade", folder, "--out", out, "--farm", farm, "--only", "ex3"]
    return subprocess.Popen(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )


def scores(out, count):
    reports = [
        json.loads(result_path(out, f"learner{number}", "ex3_grpc_echo").read_text()) for number in range(count)
    ]
    return [report["score"] for report in reports]


def test_workers_grade_a_class_though_one_is_killed(farm, worker, tmp_path):
    """Every verdict comes, and comes once, though a worker is killed with -9 while it grades."""
    folder, out = hand_in(tmp_path, 6), tmp_path / "out"
    victim, other = ready(worker()), worker()
    with grade(folder, out, farm) as grader:
        client = redis.Redis.from_url(farm)
        until(lambda: client.keys("foodcourt:tries:*"), within=40, what="work that has begun")
        victim.kill()
        printed, told = grader.communicate(timeout=110)
    client.close()
    assert grader.returncode == 0, told + other.log.read_text()
    assert scores(out, 6) == [100] * 6
    assert printed.count("100 of 100") == 6


def task_of(folder, learner):
    return Task(find_exercise("ex3", WORKBOOK), digest_of(pieces(folder))[0], folder, (learner,))


def test_a_farm_needs_a_secret(farm, tmp_path):
    """Neither side begins without one, and each says how to make it."""
    folder = hand_in(tmp_path, 1)
    for command in (["worker"], ["grade", folder, "--out", tmp_path / "out"]):
        env = {name: value for name, value in ENVIRONMENT.items() if name != SECRET_VARIABLE}
        done = subprocess.run(
            [FOODCOURT, *command, "--farm", farm], env=env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert f"export {SECRET_VARIABLE}=" in done.stderr


def test_nobody_at_that_address(tmp_path):
    """Where there is no Redis, both say so."""
    folder = hand_in(tmp_path, 1)
    for command in (["worker"], ["grade", folder, "--out", tmp_path / "out"]):
        url = "redis://127.0.0.1:1/0"
        done = subprocess.run(
            [FOODCOURT, *command, "--farm", url], env=ENVIRONMENT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "expected a Redis at" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_worker_of_another_version_is_refused(farm, worker):
    """It ends with a message while a class of another version is graded."""
    with redis.Redis.from_url(farm) as client:
        client.set("foodcourt:grader:0123456789ab:elsewhere:1", "here", ex=60)
    process = worker()
    assert process.wait(40) == 2
    assert "another one" in process.log.read_text()


def test_a_worker_with_another_secret_is_left_alone(farm, worker, tmp_path):
    """It gets no work, so that none waits for it, and both sides say what is wrong."""
    ready(worker(**{SECRET_VARIABLE: "the secret of another farm"}))
    with grade(hand_in(tmp_path, 1), tmp_path / "out", farm) as grader:
        told = grader.stderr.readline()
        assert "1 of another version or secret are there" in told
        late = worker(**{SECRET_VARIABLE: "the secret of another farm"})
        assert late.wait(40) == 2
        assert f"and {SECRET_VARIABLE} on all machines" in late.log.read_text()
        ready(worker())
        assert grader.wait(60) == 0
    assert scores(tmp_path / "out", 1) == [100]


def test_what_strangers_put_into_redis_is_not_believed(farm, worker, tmp_path):
    """Unsigned work is not graded, and what is no signed result is no verdict: the signed one is waited for."""
    folder, out = hand_in(tmp_path, 1), tmp_path / "out"
    app = farm_app(farm, VERSION)
    stranger = Secret(b"the secret of a stranger")
    task = task_of(folder / "learner0" / "ex3", "mallory")
    app.send_task(TASK, args=pack(task, "run", stranger), task_id="forged")
    with grade(folder, out, farm) as grader, redis.Redis.from_url(farm) as client:
        key = until(lambda: client.keys("foodcourt:grader:*"), within=40, what="a grader") and None
        queue = app.conf.task_default_queue
        until(lambda: client.llen(queue) == 2, within=20, what="the order")
        order = json.loads(client.lindex(queue, 0))
        key = app.backend.get_key_for_task(order["headers"]["id"])
        for content in (
            json.dumps({"status": "SUCCESS", "result": ["{}", "0" * 64], "task_id": order["headers"]["id"]}),
            json.dumps({"status": "FAILURE", "result": {"exc_type": "Exception", "exc_message": ["no"]}}),
            *(b"garbage", b"\xff", b"[1]", b"null", b"{}", b"[" * 100_000),
        ):
            client.set(key, content)
            until(lambda: not client.exists(key) or grader.poll() is not None, within=20, what="the refusal")
            assert grader.poll() is None, grader.communicate()
        process = ready(worker())
        _, told = grader.communicate(timeout=60)
        assert not client.exists(app.backend.get_key_for_task("forged"))
    app.close()
    assert grader.returncode == 0, told
    assert "was refused" in told
    assert "refused: work that is not signed" in process.log.read_text()
    assert scores(out, 1) == [100]


def test_a_worker_that_breaks_signs_what_it_says(farm, worker, tmp_path):
    """An error that nobody foresaw is told in a signed report, as what Celery says of it would not be believed."""
    secret, exercise = Secret(SECRET.encode()), find_exercise("ex3", WORKBOOK)
    task = Task(exercise, "0" * 64, tmp_path, ())
    content = {"run": "run", "exercise": exercise.slug, "digest": task.digest, "files": {"no\0name": ""}}
    text = json.dumps(content)
    app = farm_app(farm, VERSION)
    ready(worker())
    with redis.Redis.from_url(farm) as client:
        Run(client, "run").tell()
        app.send_task(TASK, args=[text, secret.sign("work", text)], task_id="broken")
        stored = until(lambda: client.get(app.backend.get_key_for_task("broken")), within=40, what="the report")
    app.close()
    report = unpack_report(json.loads(stored)["result"], task, "run", secret)
    assert report.broken
    assert "ValueError" in report.checks[0].message


def test_work_that_a_worker_could_not_begin_is_ordered_again(farm, worker, tmp_path):
    """Where Redis fails a worker, nobody is told that the grader broke: the work is graded once that is over."""
    folder, out = hand_in(tmp_path, 1), tmp_path / "out"
    with grade(folder, out, farm) as grader, redis.Redis.from_url(farm, decode_responses=True) as client:
        queue = farm_app(farm, VERSION).conf.task_default_queue
        until(lambda: client.llen(queue) == 1, within=40, what="the order")
        run, slug, digest = json.loads(client.lindex(queue, 0))["headers"]["id"].split("-")
        tries = f"foodcourt:tries:{run}:{slug}:{digest}"
        client.lpush(tries, "no number")
        process = worker()
        until(lambda: "left undone" in process.log.read_text(), within=40, what="the failure")
        client.delete(tries)
        grader.communicate(timeout=60)
    assert grader.returncode == 0
    assert scores(out, 1) == [100]


def test_redis_may_be_away_while_orders_are_placed(broker, farm, tmp_path):
    """The grader bears it, and goes on with its orders once Redis is there again."""
    folder, queue = hand_in(tmp_path, 20), farm_app(farm, VERSION).conf.task_default_queue
    for work in folder.glob("*/ex3"):
        (work / "notes.txt").write_bytes(bytes(4 << 20))  # so that ordering takes a while
    with grade(folder, tmp_path / "out", farm) as grader, redis.Redis.from_url(farm) as client:
        until(lambda: client.llen(queue), within=60, what="the first order")
        grader.send_signal(signal.SIGSTOP)
        assert client.llen(queue) < 20, "all orders were placed already"
        broker.service.kill()
        grader.send_signal(signal.SIGCONT)
        with pytest.raises(subprocess.TimeoutExpired):
            grader.wait(22)  # Celery by itself gives up after 19
        broker.service.restart()
        until(lambda: client.llen(queue) or grader.poll() is not None, within=60, what="further orders")
        grader.send_signal(signal.SIGINT)
        _, told = grader.communicate(timeout=40)
    assert "go on: the same command with --resume" in told
    assert "Traceback" not in told


def test_a_redis_that_falls_silent_is_not_waited_for_without_end(broker, farm):
    """Where it neither answers nor closes the connection, an order fails after seconds, and can be tried again."""
    app = farm_app(farm, "of-this-test", results=False)
    app.send_task(TASK)
    os.kill(broker.service.pid, signal.SIGSTOP)
    try:
        with pytest.raises(OperationalError, match="Timeout"):
            app.send_task(TASK, retry=False)
    finally:
        os.kill(broker.service.pid, signal.SIGCONT)
    app.send_task(TASK)
    with redis.Redis.from_url(farm) as client:
        assert client.llen(app.conf.task_default_queue) in {2, 3}  # the one given up may have arrived nonetheless
    app.close()


def test_a_folder_that_is_gone_costs_itself_alone(farm, worker, tmp_path):
    """Where work is ordered again, and its folder is gone meanwhile, its report says so; the rest is graded."""
    folder, out = hand_in(tmp_path, 2), tmp_path / "out"
    with grade(folder, out, farm) as grader, redis.Redis.from_url(farm) as client:
        queue = farm_app(farm, VERSION).conf.task_default_queue
        until(lambda: client.llen(queue) == 2, within=40, what="the orders")
        shutil.rmtree(folder / "learner0")
        client.flushdb()  # as after a restart
        until(lambda: client.llen(queue) == 1, within=40, what="the order")
        worker()
        _, told = grader.communicate(timeout=60)
    assert grader.returncode == 2
    assert "Traceback" not in told
    assert scores(out, 2) == [0, 100]
    report = json.loads(result_path(out, "learner0", "ex3_grpc_echo").read_text())
    assert f"there is no folder {folder / 'learner0'}" in report["checks"][0]["message"]


def test_what_a_killed_grader_ordered_is_left_alone(farm, worker, tmp_path):
    """Nobody waits for it any more: workers drop it once the grader has said nothing for two minutes."""
    folder, queue = hand_in(tmp_path, 3), farm_app(farm, VERSION).conf.task_default_queue
    with grade(folder, tmp_path / "out", farm) as grader, redis.Redis.from_url(farm) as client:
        until(lambda: client.llen(queue) == 3, within=40, what="the orders")
        (run,) = client.keys("foodcourt:run:*")
        client.expire(run, 20)
        until(lambda: 60 < client.ttl(run) <= 120, within=20, what="the grader's word that it waits")
        grader.kill()
        grader.communicate(timeout=20)
        assert client.ttl(run) > 60, "a grader that is not heard for a minute still has its run"
        client.expire(run, 0)  # as after the two minutes
        worker()
        until(lambda: not client.llen(queue) and not client.hlen("unacked"), within=60, what="the end of the orders")
        assert not client.keys("foodcourt:tries:*")


def test_a_grader_that_is_interrupted_takes_its_orders_back(farm, tmp_path):
    """After Ctrl-C its run is over at once."""
    folder, queue = hand_in(tmp_path, 1), farm_app(farm, VERSION).conf.task_default_queue
    with grade(folder, tmp_path / "out", farm) as grader, redis.Redis.from_url(farm) as client:
        until(lambda: client.llen(queue) == 1, within=40, what="the order")
        assert client.keys("foodcourt:run:*")
        grader.send_signal(signal.SIGINT)
        grader.communicate(timeout=40)
        assert not client.keys("foodcourt:run:*")


def graded_after_two_workers_ended(farm, worker, tmp_path, *others):
    """Grade two works: two workers have ended at the first of them, and some at others of the class."""
    folder, out = hand_in(tmp_path, 2), tmp_path / "out"
    with grade(folder, out, farm) as grader, redis.Redis.from_url(farm, decode_responses=True) as client:
        queue = farm_app(farm, VERSION).conf.task_default_queue
        until(lambda: client.llen(queue) == 2, within=40, what="the orders")
        id_ = json.loads(client.lindex(queue, 0))["headers"]["id"]
        run, slug, digest = id_.split("-")
        client.set(f"foodcourt:tries:{run}:{slug}:{digest}", 2)
        for other in others:
            client.sadd(f"foodcourt:ended:{run}", other)
        worker()
        grader.communicate(timeout=90)
    return grader.returncode, out


def test_work_that_ends_its_worker_twice_is_given_up(farm, worker, tmp_path):
    """It gets a report that says so, and exit status 2; the rest is graded."""
    status, out = graded_after_two_workers_ended(farm, worker, tmp_path)
    assert status == 2
    assert sorted(scores(out, 2)) == [0, 100]
    reports = [json.loads(path.read_text()) for path in out.glob("results/*/*.json")]
    assert any("it ended the worker" in check["message"] for report in reports for check in report["checks"])


def test_work_is_not_blamed_where_workers_end_at_any(farm, worker, tmp_path):
    """Where workers were killed at other work, too, work at which it happened twice is tried again, and graded."""
    status, out = graded_after_two_workers_ended(farm, worker, tmp_path, "ex3_grpc_echo:one", "ex3_grpc_echo:another")
    assert status == 0
    assert scores(out, 2) == [100, 100]


def test_a_worker_finishes_what_it_has(farm, worker, tmp_path):
    """SIGTERM lets a worker finish; what it has not begun waits for another."""
    folder, out = hand_in(tmp_path, 2), tmp_path / "out"
    first = ready(worker())
    with grade(folder, out, farm) as grader, redis.Redis.from_url(farm) as client:
        until(lambda: client.keys("foodcourt:tries:*"), within=40, what="work that has begun")
        first.send_signal(signal.SIGTERM)
        assert first.wait(40) == 0
        worker()
        grader.communicate(timeout=90)
    assert grader.returncode == 0
    assert scores(out, 2) == [100, 100]


def test_a_parcel_is_what_was_packed(tmp_path):
    """Files and folders arrive as they were; a changed text or another secret is refused."""
    (tmp_path / "work" / "empty").mkdir(parents=True)
    (tmp_path / "work" / "server.py").write_bytes(b"\xff\x00")
    secret = Secret(SECRET.encode())
    task = task_of(tmp_path / "work", "ada")
    text, signature = pack(task, "run", secret)
    unpack(text, signature, secret).write(tmp_path / "copy")
    assert (tmp_path / "copy" / "server.py").read_bytes() == b"\xff\x00"
    assert (tmp_path / "copy" / "empty").is_dir()
    for forged in (
        (text + " ", signature, secret),
        (text, "é", secret),
        (None, None, secret),
        (text, signature, Secret(b"x")),
    ):
        with pytest.raises(Forged):
            unpack(*forged)
    with pytest.raises(Forged):
        unpack(text, secret.sign("result", text), secret)
