"""What the checks of exercise 4 talk about: emails, how long they take, the api, and a Redis that goes away."""

from __future__ import annotations

import json
import random
import re
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from broker import TASK, Broker, Message, Note, Outcome
from worker import Worker, wait_until

from foodcourt.brokers.redis import Redis
from foodcourt.errors import FoodCourtError
from foodcourt.grading.answers import NO_ANSWER, Answer, Request
from foodcourt.grading.learner_program import crowded_out
from foodcourt.grading.learner_service import LearnerService
from foodcourt.grading.submission import Submission

QUICK = 0.5
"""`EMAIL_SECONDS` of the worker."""
SLACK = 0.5
"""Seconds beyond that which a task may take."""
LONG = 4.3
"""`EMAIL_SECONDS` of an api that has no worker: it should make no difference to it."""
AT_ONCE = 2.0
"""Seconds in which that api must answer: less than half of `LONG`, so that a busy machine is no excuse."""
DOWN_LIMIT = 3.0
"""Seconds in which an api must answer whose Redis is down."""
PATIENCE = 6.0
"""Seconds to wait for what should take one."""
UNFINISHED = {"PENDING", "RECEIVED", "STARTED", "RETRY"}
"""Celery's names of the states in which a task has no result yet."""
_random = random.SystemRandom()


@dataclass(frozen=True)
class Email:
    """An email to order; made up anew every time, so that no answer can be known before."""

    to: str
    subject: str

    def json(self) -> dict[str, str]:
        """Give it as the api takes it."""
        return {"to": self.to, "subject": self.subject}

    @property
    def line(self) -> str:
        """What the task prints."""
        return f"sending email to {self.to}"


def some_email() -> Email:
    """Make up an email."""
    dish = _random.choice(["Phở", "Pierogi", "Jalapeños", "Crème brûlée"])
    return Email(
        f"guest{_random.randrange(10**8)}@stall{_random.randrange(1000)}.example",
        f"{dish} no. {_random.randrange(10**6)}",
    )


def unknown_id() -> str:
    """Make up the id of a task that does not exist."""
    return str(uuid.uuid4())


@dataclass(frozen=True)
class Api:
    """The learner's api, asked as its contract says."""

    service: LearnerService
    broker: Broker
    submission: Submission

    def order(self, email: Email, *, patience: float = PATIENCE) -> Answer:
        """Ask for `POST /emails`."""
        return self.service.post("/emails", email.json(), patience=patience)

    def read(self, task: str) -> Answer:
        """Ask for `GET /emails/{task_id}`."""
        return self.service.get(f"/emails/{task}")

    def follow(self, task: str, kitchen: Kitchen) -> Iterator[Answer]:
        """Ask how far a task is again and again, until a second after its end."""
        deadline = time.monotonic() + PATIENCE
        while True:
            yield self.read(task)
            if time.monotonic() > deadline:
                return
            if kitchen.outcome(task):
                deadline = min(deadline, time.monotonic() + 1.0)
            time.sleep(0.1)

    def note(self, answer: Answer, what: str) -> None:
        """Remember for the evidence what was found in Redis after an answer."""
        self.submission.observe(Note("Redis", what, tuple(answer.by_hand())))

    def runs_itself(self, email: Email) -> bool:
        """Whether the task prints its line here, in the api's process."""
        return email.line in self.service.log()

    def says_eager(self) -> bool:
        """Whether the learner's code has Celery run tasks where they are called."""
        files = (path for path in self.submission.original.rglob("*.py") if path.is_file())
        return any(re.search(r"always_eager\W+True", file.read_text("utf-8", "replace")) for file in files)

    def waiting(self, email: Email, within: float) -> Message | None:
        """Wait up to `within` seconds for the message that orders this email."""
        return wait_until(lambda: next((m for m in self.broker.messages() if email.to in m.text), None), within)


@dataclass(frozen=True)
class Watched:
    """What was seen of a task.

    Attributes:
        said: seconds after which its line was in the worker's log; 0: never.
        ended: seconds after which its result was there; 0: never.
        runs: whether it still runs.
        log: what the worker printed meanwhile.
        error: what the task failed of, as the last line of a traceback; empty if it did not.
        where: the innermost line of the learner's own that was part of it.
    """

    said: float
    ended: float
    runs: bool
    log: str
    error: str
    where: str

    @property
    def cause(self) -> str:
        """The end of a sentence that says what the task failed of; empty if it did not."""
        return f"; your code raised {self.error} ({self.where or 'outside your files'})" if self.error else ""


@dataclass(frozen=True)
class Kitchen:
    """The learner's worker with its broker, to which the checks send messages of their own."""

    worker: Worker
    broker: Broker
    submission: Submission

    def send(self, email: Email | None) -> str:
        """Send the task; without its arguments when there is no email. Gives its id."""
        self.worker.ready()
        self.submission.show_log(self.worker, self.worker.log_size())
        arguments = email.json() if email else {}
        task = self.broker.send(**arguments)
        self.note("checker", f"sends {TASK} with {json.dumps(arguments, ensure_ascii=False)} as {task}", email)
        return task

    def note(self, who: str, what: str, email: Email | None, *lines: str) -> None:
        """Remember for the evidence what happened to an email."""
        arguments = json.dumps(email.json() if email else {}, ensure_ascii=False)
        call = f"celery -A tasks call {TASK} --kwargs='{arguments}'"
        self.submission.observe(Note(who, what, (self.worker.by_hand, call, *lines)))

    def watch(self, email: Email) -> Watched:
        """Send the task, and see what comes of it; a task that is far too slow is not awaited."""
        mark, began = self.worker.log_size(), time.monotonic()
        task = self.send(email)
        said = ended = over = now = 0.0
        while now < PATIENCE and not (said and ended):
            now = time.monotonic() - began
            # In this order: what was said before the end is not seen after it.
            ended = ended or (now if self.outcome(task) else 0.0)
            said = said or (now if self.worker.said(email.line, mark) else 0.0)
            over = over or ended or (now if self.worker.said("raised unexpected", mark) else 0.0)
            if (over and now > over + SLACK) or (said and now > said + 3 * (QUICK + SLACK)):
                break
            time.sleep(0.01)
        outcome = self.outcome(task)
        trace = None if outcome and outcome.state == "SUCCESS" else self.worker.traceback(mark)
        line = f"prints the line after {said * 1000:.0f} ms" if said else "does not print the line"
        end = f"has the result after {ended * 1000:.0f} ms" if ended else "keeps no result"
        self.note("worker", f"{line}, and {end}", email)
        error, where = (trace.error, trace.where) if trace else ("", "")
        runs = not ended and bool(self.broker.running(task))
        return Watched(said, ended, runs, self.worker.log(mark), error, where)

    def outcome(self, task: str) -> Outcome | None:
        """Give how a task ended; None when it has not, or when nobody keeps its result."""
        outcome = self.broker.outcome(task)
        return None if outcome is None or outcome.state in UNFINISHED else outcome


class Outage:
    """Two apis whose Redis is down, one of which was connected before: asked early, as waiting takes no work."""

    def __init__(
        self, submission: Submission, redis: Redis, connected: LearnerService, fresh: LearnerService
    ) -> None:
        """Ask for the first time, while other checks run."""
        self._submission = submission
        self._redis = redis
        self._connected = connected
        self._fresh = fresh
        self._health: Future[Answer] | None = submission.early(lambda: fresh.get("/health"))
        self._early: Future[list[Answer]] | None = submission.early(self._ask)

    def health(self) -> Answer:
        """Give what `GET /health` was answered: the early answer if right, else what comes of asking again."""
        early, self._health = self._health, None
        if early is not None and early.exception() is None and early.result().status == 200:
            self._submission.remember([early.result()])
            return early.result()
        self._fresh.kill()
        return self._fresh.get("/health")

    def answers(self) -> list[Answer]:
        """Give what each was answered to two POSTs: early if all were right, else what comes of asking again."""
        early, self._early = self._early, None
        if early is not None and early.exception() is None:
            answers = early.result()
            if all(answer.status == 503 and answer.elapsed < DOWN_LIMIT for answer in answers):
                self._submission.remember(answers)
                return answers
        self._fresh.kill()
        self._connected.kill()
        if self._redis.service is not None:
            try:
                self._redis.service.restart()
            except (FoodCourtError, OSError) as error:  # it did start before, when it was alone
                raise crowded_out("Redis again", error) from None
        answers = self._ask()
        self._submission.remember(answers)
        return answers

    def _ask(self) -> list[Answer]:
        if health := self._health:
            health.exception()  # a POST that blocks the process would spoil it
        self._connected.post("/emails", some_email().json())
        if self._redis.service is not None:
            self._redis.service.kill()
        with ThreadPoolExecutor() as pool:
            return [answer for both in pool.map(self._twice, (self._fresh, self._connected)) for answer in both]

    def _twice(self, service: LearnerService) -> list[Answer]:
        answers: list[Answer] = []
        while len(answers) < 2 and all(answer.status != NO_ANSWER for answer in answers):
            # Twice the limit: who has not answered by then is not just late.
            answers += service.ask([Request("POST", "/emails", some_email().json())], patience=2 * DOWN_LIMIT + 0.1)
        return answers
