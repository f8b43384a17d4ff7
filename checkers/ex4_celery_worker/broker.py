"""One database of a Redis of ours, where the learner's programs meet, seen from the inside."""

from __future__ import annotations

import base64
import contextlib
import itertools
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import celery
import redis
from bounds import LONGEST, Connection, Transport, bound_unpacking
from celery.backends.base import decompress_payload
from kombu.exceptions import KombuError, OperationalError

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.timeline import Event

TASK = "tasks.send_email"
_PATIENCE = 2.0
_MOST = 200
"""How many keys, and messages of one queue, are looked at."""
_NAME, _TEXT = 200, 4000
"""Signs that are kept of a name, and of a message's arguments."""
_CLIENTS = 1 << 21
"""Bytes that are read of the list of those who are connected."""
_STATES = re.compile(rb"SUCCESS|FAILURE|REVOKED|RETRY|STARTED|RECEIVED|PENDING")
_EXPECTED = "the Redis of this check to answer"
_INTERNAL = ("celeryev", ".pidbox")
"""How the exchanges end that a worker uses for itself."""
_GONE = (redis.RedisError, OperationalError, OSError)
"""What is raised where Redis itself does not answer."""
bound_unpacking()


@dataclass(frozen=True)
class Message:
    """A message that waits in a queue.

    Attributes:
        id: the task's id.
        task: the task's name.
        text: its arguments, in whatever form they are.
        queue: the queue in which it waits.
        database: the number of the database that holds the queue.
    """

    id: str
    task: str
    text: str
    queue: str
    database: int

    def __str__(self) -> str:
        """Give it on one line."""
        return f"{self.task} with {self.text[:120]} in queue {self.queue} of database {self.database}"


@dataclass(frozen=True)
class Outcome:
    """What a result backend holds for a task.

    Attributes:
        state: the name that Celery gives its state.
        returned: what the task returned, or what the exception says that ended it.
    """

    state: str
    returned: Any


@dataclass(frozen=True)
class Note:
    """Something that a check did or saw without HTTP."""

    who: str
    what: str
    lines: tuple[str, ...]
    at: float = field(default_factory=time.monotonic)

    def events(self) -> list[Event]:
        """Give it as an event for a timeline."""
        return [Event(self.at, self.who, self.what)]

    def by_hand(self) -> list[str]:
        """Give the lines that do the same, one for each terminal."""
        return list(self.lines)


class Broker:
    """A database of a Redis of ours that holds queues; results may lie in any other one.

    Args:
        url: the server, with database 0.
        number: the database.
        alive: whether the server still runs. The learner's programs could end it, and listen in its place.
    """

    def __init__(self, url: str, number: int, alive: Callable[[], bool] = lambda: True) -> None:
        """Connect when first needed."""
        self._alive = alive
        self._server = url.rpartition("/")[0]
        self.number = number
        self._queue = "celery"
        self.url = f"{self._server}/{number}"

    def queues(self) -> tuple[str, ...]:
        """Give the queues that were declared here; a worker declares those that it reads just before it does."""
        with self._open() as here:
            found = [
                member.decode("utf-8", "replace").rpartition("\x16")[2]
                for key in _some(here.scan_iter("*_kombu.binding.*", 1000, _type="set"))
                if not key.decode("utf-8", "replace").endswith(_INTERNAL)
                for member in _some(here.sscan_iter(key, count=1000))
            ]
        return tuple(name for name in dict.fromkeys(found) if len(name) < LONGEST // 2)

    def read(self) -> set[int]:
        """Give the databases of the server where somebody waits for messages."""
        with self._open(longest=_CLIENTS) as here:
            readers = [client for client in here.client_list() if client.get("cmd") == "brpop"]
        return {int(client["db"]) for client in readers if client.get("db", "").isdecimal()}

    def is_read(self) -> bool:
        """Whether a worker waits for messages here; before it declares its queues, it waits for other workers."""
        return self.number in self.read() and bool(self.queues())

    def choose_queue(self) -> None:
        """Take one of the queues that are declared now, for what is sent from now on."""
        self._queue = next(iter(self.queues()), "celery")

    def forget_queues(self) -> None:
        """Forget which queues were declared."""
        with self._open() as here:
            for key in _some(here.scan_iter("*_kombu.binding*", 1000)):
                here.delete(key)

    def send(self, **arguments: Any) -> str:
        """Send `tasks.send_email` to the chosen queue, and give the task's id."""
        id_ = str(uuid.uuid4())
        sent = False
        with self._open() as here, _whatever_it_answers(), self._client(here) as client:
            client.send_task(TASK, kwargs=arguments, task_id=id_, queue=self._queue, retry=False)
            sent = True
        if not sent:
            raise CheckFailed("queues that messages can be sent to", "none, by what Redis holds of them")
        return id_

    def registered(self) -> list[str] | None:
        """Ask the worker which tasks it knows; None when it gives no answer, as it need not."""
        # A worker that has just begun may not listen yet, and no question is kept for it.
        replies = self._inspect("registered", times=5)
        return None if replies is None else [str(name).partition(" ")[0][:_NAME] for name in replies[:_MOST]]

    def running(self, task: str) -> dict[str, Any]:
        """Ask the worker what it knows of a task that it runs; empty when it runs none such or does not say."""
        active = [request for request in self._inspect("active", times=1) or () if isinstance(request, dict)]
        return next((request for request in active if request.get("id") == task), {})

    def _inspect(self, what: str, times: int) -> list[Any] | None:
        with self._open() as here, _whatever_it_answers(), self._client(here) as client:
            for _ in range(times):
                with _whatever_it_answers():
                    replies = getattr(client.control.inspect(timeout=0.3, limit=1), what)() or {}
                    for reply in replies.values():
                        return list(reply)
        return None

    def messages(self) -> Iterator[Message]:
        """Give the messages that wait, in whatever queue of whatever database, one after the other."""
        for number in self._databases():
            with self._open(number) as there:
                for key in _some(there.scan_iter("*", 1000, _type="list")):
                    queue = key.decode("utf-8", "replace")
                    for raw in there.lrange(key, 0, _MOST):
                        if message := _message(raw, queue, number):
                            yield message

    def outcome(self, task: str) -> Outcome | None:
        """Give what a result backend holds for a task, in whatever database; None when there is nothing."""
        for number in self._databases():
            with self._open(number) as there:
                for key in _some(there.scan_iter(f"*celery-task-meta-{task}", 1000, _type="string")):
                    if found := _outcome(there.get(key) or b""):
                        return found
        return None

    def _databases(self) -> list[int]:
        with self._open() as here:
            return sorted(int(name.removeprefix("db")) for name in here.info("keyspace"))

    @contextlib.contextmanager
    def _open(self, number: int | None = None, longest: int = LONGEST) -> Iterator[redis.Redis]:
        if not self._alive():
            raise CheckFailed(_EXPECTED, "one that was ended")
        try:
            with redis.Redis.from_url(
                f"{self._server}/{self.number if number is None else number}",
                socket_timeout=_PATIENCE,
                socket_connect_timeout=_PATIENCE,
                connection_class=Connection,
                longest=longest,
                retry=None,
                driver_info=None,  # or it reads its own version from its package's files for each connection
            ) as client:
                yield client
        except CheckFailed:
            raise
        except Exception as error:
            # What says something else than Redis would say is no Redis.
            if self._alive() and not isinstance(error, redis.RedisError | KombuError | OSError):
                raise
            raise CheckFailed(_EXPECTED, f"{type(error).__name__}: {error}"[:300]) from None

    @contextlib.contextmanager
    def _client(self, here: redis.Redis) -> Iterator[celery.Celery]:
        key = next(_some(here.scan_iter("*_kombu.binding.*", 1000)), b"").decode("utf-8", "replace")
        client = celery.Celery("checker", broker=self.url, set_as_current=False)
        client.conf.broker_transport = Transport
        client.conf.broker_transport_options = {
            "global_keyprefix": key.partition("_kombu.binding.")[0],
            "socket_timeout": _PATIENCE,
            "max_retries": 0,
        }
        with client:
            yield client


@contextlib.contextmanager
def _whatever_it_answers() -> Iterator[None]:
    """Take what cannot be read for nothing: it is a learner's. Only that Redis does not answer is told."""
    try:
        yield
    except _GONE:
        raise
    except Exception:  # noqa: BLE001 - there are too many ways to be no answer
        return


def _some(keys: Iterator[bytes]) -> Iterator[bytes]:
    return itertools.islice(keys, _MOST)


def _message(raw: bytes, queue: str, database: int) -> Message | None:
    """Read a message of Celery's; None when it is none. What is pickled is looked at as text and never loaded."""
    try:
        envelope = json.loads(raw)
        headers, body = envelope["headers"], envelope["body"].encode()
        if envelope["properties"].get("body_encoding") == "base64":
            body = base64.b64decode(body)
        try:
            found = json.loads(body)
            text = json.dumps(found[:2] if isinstance(found, list) else found, ensure_ascii=False)
        except ValueError:  # it is no JSON
            readable = f"{headers.get('argsrepr') or ''}{headers.get('kwargsrepr') or ''}"
            text = readable + body.decode("utf-8", "replace")
        names = [str(name)[:_NAME] for name in (headers.get("id"), headers.get("task"), queue)]
        return Message(names[0], names[1], text[:_TEXT], names[2], database)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _outcome(raw: bytes) -> Outcome | None:
    """Read what a task left; its state is told also where it is not kept as JSON."""
    with contextlib.suppress(Exception):  # whatever it says of itself, it is a learner's
        raw = decompress_payload(raw)
    state = _STATES.search(raw)
    if state is None:
        return None
    returned = None
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        returned = json.loads(raw)["result"]
    if state[0] == b"FAILURE":
        said = returned.get("exc_message") if isinstance(returned, dict) else returned
        returned = str(said[0] if isinstance(said, list) and said else said or "")
    return Outcome(state[0].decode(), returned)
