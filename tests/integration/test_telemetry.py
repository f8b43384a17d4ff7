"""Spans and metrics of real services, which use OpenTelemetry's and Prometheus's own libraries."""

import gzip
import smtplib
import socket
import time
from email.message import EmailMessage

import httpx
import pytest

from foodcourt.errors import FoodCourtError
from foodcourt.processes import HttpReady, Service
from foodcourt.services import Mailbox
from foodcourt.telemetry import Receiver, Scraper

pytestmark = pytest.mark.usefixtures("no_process_left")

TRACED = """
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider()
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)
"""
USERS = (
    TRACED
    + """
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

app = FastAPI()

@app.get("/users/{uid}")
async def read_user(uid: int):
    with trace.get_tracer("users").start_as_current_span("look up", attributes={"shelves": [1, 2], "cold": True}):
        return {"id": uid}

FastAPIInstrumentor.instrument_app(app)
"""
)
ORDERS = (
    TRACED
    + """
import os
import httpx
from fastapi import FastAPI
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor

HTTPXClientInstrumentor().instrument()
app = FastAPI()

@app.get("/orders/{oid}")
async def read_order(oid: int):
    async with httpx.AsyncClient(base_url=os.environ["USERS_URL"]) as client:
        return {"user": (await client.get("/users/7")).json()}

FastAPIInstrumentor.instrument_app(app)
"""
)
COUNTED = """
from fastapi import FastAPI
from prometheus_client import Counter, Histogram, make_asgi_app

app = FastAPI()
app.mount("/metrics", make_asgi_app())
ORDERS = Counter("orders", "Orders taken.", ["stall"])
ORDERS.labels("noodles")  # or its series would begin with its first order, and that one be no increase
COOKING = Histogram("cooking_seconds", "Time to cook.", buckets=(0.1, 0.2, 0.4))

@app.post("/orders")
async def take(seconds: float):
    ORDERS.labels("noodles").inc()
    COOKING.observe(seconds)
"""


def uvicorn(module, receiver=None, **env):
    """Start a traced service."""
    env |= receiver.environment(module) if receiver else {}
    return Service(["uvicorn", f"{module}:app", "--port", "{port}"], env=env, ready=HttpReady("/openapi.json"))


@pytest.fixture
def stalls(tmp_path, monkeypatch):
    """Two traced services and a counted one, to be started in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, source in {"users": USERS, "orders": ORDERS, "counted": COUNTED}.items():
        (tmp_path / f"{name}.py").write_text(source)


def whole(trace):
    """Whether nothing is missing: what began it all is there, which ends last, and so is the cause of each span."""
    return len(trace.roots) == 1 and trace.roots[0].kind == "server"


def test_a_trace_crosses_services(stalls):
    """Spans that two services send make up one trace, each below the one that caused it."""
    with Receiver() as receiver, uvicorn("users", receiver) as users:
        with uvicorn("orders", receiver, USERS_URL=users.url) as orders:
            receiver.forget()
            assert httpx.get(f"{orders.url}/orders/1", trust_env=False).status_code == 200
            trace = receiver.wait_for(lambda trace: set(trace.services) == {"orders", "users"} and whole(trace))
        assert [span.name for span in trace.roots] == ["GET /orders/{oid}"]
        chain = {span.name: (trace.depth(span), span.kind, span.service) for span in trace if "http" not in span.name}
        assert chain["GET /orders/{oid}"] == (0, "server", "orders")
        assert chain["GET"] == (1, "client", "orders")
        assert chain["GET /users/{uid}"] == (2, "server", "users")
        assert chain["look up"] == (3, "internal", "users")
        cause = {span.span_id: span for span in trace}
        for span in trace:
            if span.parent_id in cause:
                assert cause[span.parent_id].start <= span.start <= span.end
        look_up = next(span for span in trace if span.name == "look up")
        assert look_up.attributes == {"shelves": [1, 2], "cold": True}
        assert look_up.seconds > 0
        assert not receiver.problems


def test_spans_are_passed_on_to_the_full_stack(stalls, monkeypatch):
    """With OTEL_EXPORTER_OTLP_ENDPOINT set, that backend gets the same spans; one that is away is told, not felt."""
    with Receiver() as backend:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", backend.endpoint + "/")
        with Receiver() as receiver, uvicorn("users", receiver) as users:
            httpx.get(f"{users.url}/users/1", trust_env=False)
            trace = receiver.wait_for(lambda trace: any(span.name == "look up" for span in trace) and whole(trace))
            assert backend.wait_for(lambda other: other.id == trace.id and len(other) == len(trace))
            backend.close()
            httpx.get(f"{users.url}/users/2", trust_env=False)
            assert receiver.wait_for(lambda other: other.id != trace.id and "look up" in {s.name for s in other})
            with pytest.raises(FoodCourtError, match="expected a trace within 0 s"):
                receiver.wait_for(lambda _: bool(receiver.problems) and False, within=0)


ZIPPED_BOMB = gzip.compress(b"\0" * (17 << 20))
ZIPPED_NOTHING = gzip.compress(b"")


@pytest.mark.parametrize(
    ("path", "body", "headers", "status"),
    [
        pytest.param("/v1/traces", b"no spans", {}, 400, id="no spans"),
        pytest.param("/v1/traces", b"no gzip", {"Content-Encoding": "gzip"}, 400, id="no gzip"),
        pytest.param("/v1/traces", ZIPPED_BOMB, {"Content-Encoding": "gzip"}, 400, id="a bomb"),
        pytest.param("/v1/traces", b"", {"Content-Length": "99999999999"}, 413, id="too long"),
        pytest.param("/v1/traces", b"", {"Content-Length": "many"}, 413, id="no length"),
        pytest.param("/v1/profiles", b"", {}, 404, id="no such path"),
        pytest.param("/v1/traces", b"", {}, 200, id="empty"),
        pytest.param("/v1/traces", ZIPPED_NOTHING, {"Content-Encoding": "gzip"}, 200, id="empty, zipped"),
    ],
)
def test_what_is_no_span_is_refused(path, body, headers, status):
    """Anything but spans gets an error, and does no harm."""
    with (
        Receiver() as receiver,
        socket.create_connection(("127.0.0.1", int(receiver.endpoint.rpartition(":")[2]))) as s,
    ):
        head = {"Content-Length": str(len(body)), **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
        s.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode() + body)
        s.settimeout(10)
        assert s.recv(100).startswith(f"HTTP/1.1 {status} ".encode())
        assert receiver.spans == []
        assert bool(receiver.problems) == (status == 400)


def test_nothing_came(stalls):
    """Whoever waits for a trace in vain is told what came and what to look at."""
    with (
        Receiver() as receiver,
        pytest.raises(FoodCourtError, match=r"none came[^Z]*is OTEL_EXPORTER_OTLP_ENDPOINT="),
    ):
        receiver.wait_for(lambda _: True, within=0.05)


def making_a_client():
    """The seconds that it takes to prepare for HTTPS, which no scrape needs."""
    began = time.monotonic()
    with httpx.Client():
        return time.monotonic() - began


def test_metrics_become_series(stalls):
    """A counter's increase and a histogram's quantiles come from two scrapes, with the page's size and time."""
    with uvicorn("counted") as service:
        scraper = Scraper(f"{service.url}/metrics/", every=0.05)
        with scraper:
            for seconds in [0.05] * 50 + [0.3] * 50:
                httpx.post(f"{service.url}/orders", params={"seconds": seconds}, trust_env=False)
        (orders,) = scraper.series("orders_total", stall="noodles")
        assert orders.increase == 100
        assert all(rate >= 0 for rate in orders.rates())
        assert scraper.quantile(0.25, "cooking_seconds") == pytest.approx(0.05)
        assert scraper.quantile(0.75, "cooking_seconds") == pytest.approx(0.3)
        assert min(scraper.sizes) > 1_000
        assert 0 < min(scraper.seconds) < min(making_a_client() for _ in range(3)), "that should not count"
        assert scraper.series("nothing") == []
        service.stop()
        scraper.scrape()
        assert "ConnectError" in scraper.problems[-1]


def test_a_mail_really_arrives():
    """The mailbox speaks SMTP, keeps what it got, and is gone after its block."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "stall@example.com", "ada@example.com", "Your noodles, gäste"
    mail.set_content("are ready")
    with Mailbox() as mailbox:
        assert mailbox.wait_for(1, within=0) == []
        with smtplib.SMTP(mailbox.host, mailbox.port) as client:
            client.send_message(mail)
        (got,) = mailbox.wait_for(1)
        assert (got["To"], got["Subject"]) == ("ada@example.com", "Your noodles, gäste")
        assert got.get_content() == "are ready\n"
        assert mailbox.mails == [got]
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP(mailbox.host, mailbox.port)
