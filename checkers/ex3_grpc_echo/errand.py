"""The learner's client, sent to say something to a stall, and what a check expects to come of that."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import grpc
from door import Door
from stall import Heard, Stall
from texts import word, written

from foodcourt.grading.failures import CheckFailed, SubmissionBroken, TooSlow
from foodcourt.grading.finished import Finished
from foodcourt.grading.signatures import likely_mistake
from foodcourt.grading.submission import Submission

SLACK = 1.0
"""Seconds beyond `--timeout` in which a client whose call fails must have ended."""
PATIENCE = 10.0
"""Seconds that a client may take where a check is not about time."""
LONGER = 2.0
"""`--timeout` in seconds for a client that was not heard with less: on a busy machine it may have come to nothing."""
_LAG = 0.5
"""Seconds that our stall may take to note what it heard, after the client has ended."""
_NEVER = "the stall at --target is never called"
_CODES = {code.name for code in grpc.StatusCode}


@dataclass(frozen=True, slots=True)
class Errand:
    """A run of client.py.

    Attributes:
        text: what it was told to say.
        path: the address of the rpc.
        timeout: the seconds that it was given; None for its own default.
        run: how it ended.
        heard: what our stall heard meanwhile; None where it was not the one to be called.
    """

    text: str
    path: str
    timeout: float | None
    run: Finished
    heard: tuple[Heard, ...] | None

    def expect_reply(self, reply: str) -> None:
        """Expect the reply's message and a newline on stdout, and nothing else.

        Raises:
            CheckFailed: something else came of it.
        """
        run, expected = self.run, f"{written(reply)} and a newline on stdout, and exit status 0"
        if run.status != 0:
            if trace := run.traceback():
                raise SubmissionBroken(f"{run.name} ended with {run.ended}\n{trace}", mistake=self._crash_mistake())
            observed = f"{run.ended}, with {_told(run.stderr)} on stderr"
            raise CheckFailed(expected, observed, mistake=self._status_mistake(reply) or self._name_mistake(()))
        if run.stdout != f"{reply}\n":
            raise CheckFailed(expected, _told(run.stdout), mistake=self._print_mistake(reply))
        self.expect_heard()

    @property
    def arrived(self) -> bool:
        """Whether the stall was told what the client was told to say."""
        return self.text in [call.text for call in self.heard or ()]

    def expect_heard(self, kind: type[CheckFailed] = CheckFailed) -> None:
        """Expect that the stall was told what the client was told to say.

        Raises:
            CheckFailed: it was not; of another kind where one is given.
        """
        if not self.arrived:
            said = ", ".join(written(call.text or "") for call in self.heard or ())
            raise kind(
                f"the stall to be told {written(self.text)}", said[:160] or "nothing", mistake=self._never_mistake()
            )

    def expect_no_error(self, reply: str) -> None:
        """Expect a call that is not told as failed; what is printed of its reply is for another check.

        Raises:
            CheckFailed: the stall was not called, or the name of a status was told in place of the reply.
        """
        run, output = self.run, self.run.stdout + self.run.stderr
        kind = CheckFailed if run.elapsed < (self.timeout or 0.0) else TooSlow
        if reply not in output and (names := _words(output) & _CODES):
            expected = f"no error with --timeout {self.timeout:g} when the reply comes at once"
            raise kind(
                expected, f"{' and '.join(sorted(names))} after {run.elapsed:.1f} s", mistake=self._never_mistake()
            )
        self.expect_heard(kind)

    def _never_mistake(self) -> str:
        return "" if self.heard else _NEVER

    def expect_error(self, *names: str) -> None:
        """Expect the name of a status on stderr, nothing on stdout, and a failure within the timeout and a second.

        Raises:
            CheckFailed: something else came of it.
        """
        run, limit = self.run, (self.timeout or 0.0) + SLACK
        expected = f"{' or '.join(names)} on stderr and an exit status other than 0, within {limit:g} s"
        if run.status is None or run.elapsed > limit:
            kind = TooSlow if run.elapsed < 2 * limit else CheckFailed
            observed = run.ended if run.status is None else f"{run.ended} after {run.elapsed:.1f} s"
            raise kind(expected, observed, mistake=self._late_mistake())
        if trace := run.traceback():
            observed = f"{run.ended} and this on stderr:\n{trace}"
            raise CheckFailed(expected, observed, mistake=self._crash_mistake(names))
        if not set(names) & _words(run.stderr):
            observed = f"{run.ended}, with {_told(run.stderr)} on stderr"
            raise CheckFailed(expected, observed, mistake=self._name_mistake(names))
        if run.status == 0:
            raise CheckFailed(expected, "exit status 0", mistake="the error is printed, but sys.exit(1) is missing")
        if run.stdout.strip():
            expected = "nothing on stdout, as there was no reply"
            mistake = "what is not the reply goes to stderr: print(…, file=sys.stderr)"
            raise CheckFailed(expected, _told(run.stdout), mistake=mistake)
        if names == ("DEADLINE_EXCEEDED",) and run.elapsed < (self.timeout or 0.0):
            raise CheckFailed(f"{names[0]} once {self.timeout:g} s are over", f"it after {run.elapsed:.2f} s in all")

    def _status_mistake(self, reply: str) -> str:
        if self.run.stdout == f"{reply}\n":
            return "the exit status is not 0 although the reply came"
        if self.run.stderr.strip() == reply.strip():
            return "the reply is printed to stderr, which is where sys.exit(text) prints"
        return ""

    def _crash_mistake(self, names: Sequence[str] = ()) -> str:
        err, trace = self.run.stderr, self.run.traceback()
        if trace is None:
            return ""
        if set(names) & _words(err.partition("Traceback (most")[0] + err.rpartition("\n>\n")[2]):
            return "the traceback is printed besides the name of the status"
        if "'float' and 'str'" in trace.error and "timeout" in str(trace):
            return "the timeout is still a text: float() is missing"
        return trace.mistake

    def _print_mistake(self, reply: str) -> str:
        out = self.run.stdout
        if out.rstrip("\r\n") == self.text:
            never = "" if self.heard else ", and the stall at --target is never called"
            return f"what was sent is printed, not the reply{never}"
        if out.rstrip("\r\n") == reply:
            return "there is exactly one newline after the reply's message"
        if out.strip() == reply.strip():
            return "the reply's message is printed without the blanks at its ends"
        if re.match(r'message: "', out):
            return "the reply as a whole is printed, not its message"
        if reply in out:
            return "something else is printed to stdout, besides the reply's message"
        if reply in self.run.stderr:
            return "the reply is printed to stderr"
        return ""

    def _late_mistake(self) -> str:
        if self.heard is None:
            waits = self.run.status is None and not (self.run.stdout or self.run.stderr)
            return "it waits for the stall without a timeout" if waits else ""
        timeouts = [call.timeout for call in self.heard if call.text == self.text]
        if len(timeouts) > 1:
            return "the call is tried again, each time with the whole timeout"
        if None in timeouts:
            return "the call has no deadline: timeout= is missing"
        if any(timeout and timeout > (self.timeout or 0.0) + SLACK for timeout in timeouts):
            return "the deadline of the call is not what --timeout says"
        return ""

    def _name_mistake(self, names: Sequence[str]) -> str:
        """Name why none of `names` is on stderr (or, without names, why there was an error at all)."""
        out, err, words = self.run.stdout, self.run.stderr, _words(self.run.stdout + self.run.stderr)
        if other := next((call.path for call in self.heard or () if call.path != self.path), ""):
            return f"it calls {other}, but echo.proto declares {self.path}"
        if self.heard == () and (self.run.status == 0 or "UNAVAILABLE" in words):
            return _NEVER
        if re.search(r"required: --(message|msg|text)\b", err):
            return "the message is positional, with no option in front"
        if not self.heard and "INTERNAL" in words:
            return likely_mistake("Exception serializing request!")
        if set(names) & _words(out):
            return "the name of the status is printed to stdout: print(…, file=sys.stderr)"
        if mistake := likely_mistake(err[-2000:]):
            return mistake
        if self.heard and names and "UNAVAILABLE" in words:
            return "UNAVAILABLE is printed whatever the code of the error is"
        status = self.run.status or 0
        if names and status > 0 and err.strip() and not words & _CODES and "usage:" not in err.lower():
            return "what is printed is not the name of the status code, error.code().name"
        return ""


@dataclass(frozen=True)
class Customer:
    """The learner's client.py.

    Attributes:
        submission: whose it is.
        stall: our server.
        path: the address of the rpc.
    """

    submission: Submission
    stall: Stall
    path: str

    def expect_reply(self, text: str, reply: str) -> None:
        """Send it to our stall, and expect it to print the reply, which the stall was told to give."""
        self._ask(text).expect_reply(reply)

    def expect_error(self, text: str, *names: str, port: int | None = None, timeout: float) -> None:
        """Send it to our stall, or to another port, and expect it to tell one of the statuses `names` in time."""
        self._ask(text, port, timeout).expect_error(*names)

    def expect_deadline(self, text: str, *, timeout: float) -> None:
        """Send it to our stall, which never answers this text, and expect a call that ends with its deadline."""
        for seconds in (timeout, LONGER):
            errand = self._ask(text, timeout=seconds)
            errand.expect_error("DEADLINE_EXCEEDED")
            if errand.arrived:
                return
        errand.expect_heard(TooSlow)

    def expect_no_deadline(self, text: str, reply: str, *, timeout: float) -> None:
        """Send it to our stall, which was told to reply at once, and expect nothing of a deadline."""
        self._ask(text, timeout=timeout).expect_no_error(reply)

    def expect_knock(self, door: Door) -> None:
        """Expect that it has come to the door, or does so now.

        Raises:
            TooSlow: it did not; on a busy machine its time may be over before it gets there.
        """
        if not door.knocked:
            self._ask(word(), door.port, LONGER)
        if not door.knocked:
            raise TooSlow("a call to the stall at --target, be there somebody or not", "none", mistake=_NEVER)

    def _ask(self, text: str, port: int | None = None, timeout: float | None = None) -> Errand:
        target = f"127.0.0.1:{port or self.stall.port}"
        self.submission.names[target] = "localhost:50051"
        options = ["--target", target] + ([] if timeout is None else ["--timeout", str(timeout)])
        command = ["python", "client.py", *options, text]
        patience = PATIENCE if timeout is None else 2 * (timeout + SLACK)
        mark = len(self.stall.heard)
        # In another thread, as it belongs into the evidence after what our stall heard of it.
        run = self.submission.early(
            partial(self.submission.run, command, file="client.py", name="client", patience=patience)
        ).result()
        heard = None if port else self.stall.heard_since(mark, text, within=_LAG)
        self.submission.observe(*(heard or ()), run)
        return Errand(text, self.path, timeout, run, heard)


def _words(output: str) -> set[str]:
    return set(re.findall(r"[A-Z][A-Z_]+[A-Z]", output))


def _told(output: str) -> str:
    lines = output.strip("\n")
    return repr(output[:160]) + ("…" if len(output) > 160 else "") if lines else "nothing"
