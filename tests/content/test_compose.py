"""docker-compose.yml, read without Docker: what is there, pinned, watched, and open to this machine only."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
LAB: dict[str, Any] = SERVICES["lab"]["environment"]


def inside_ports(service: str) -> set[int]:
    """The ports of a service that its own files mention: published ones and Kafka's inner listener."""
    published = {int(port.rsplit(":", 1)[1]) for port in SERVICES[service]["ports"]}
    listeners = SERVICES[service].get("environment", {}).get("KAFKA_LISTENERS", "")
    return published | {int(port) for port in re.findall(r":(\d+)", listeners)}


def test_the_whole_stack_is_there() -> None:
    """Every broker of the workbook, a trace page, metrics, a mail catcher and the lab are in the stack."""
    wanted = {"redis", "rabbitmq", "kafka", "jaeger", "prometheus", "grafana", "mailpit", "lab"}
    assert set(SERVICES) == wanted


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"lab"}))
def test_images_are_pinned(name: str) -> None:
    """Each image has a tag with a full version."""
    assert re.fullmatch(r"[a-z/]+:v?\d+\.\d+\.\d+(-[a-z-]+)?", SERVICES[name]["image"])


def test_lab_is_built_from_the_workbook() -> None:
    """The lab runs on the workbook's own Dockerfile, with an argument that the Dockerfile knows."""
    build = SERVICES["lab"]["build"]
    assert build["context"] == "."
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert [name for name in build["args"] if f"ARG {name}=" not in dockerfile] == []


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_ports_are_open_to_this_machine_only(name: str) -> None:
    """Each published port is bound to 127.0.0.1."""
    assert SERVICES[name]["ports"], f"{name} can be reached from the machine"
    assert [port for port in SERVICES[name]["ports"] if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port)] == []


def test_no_port_is_taken_twice() -> None:
    """No two services publish the same port of the machine."""
    published = [port.split(":")[1] for service in SERVICES.values() for port in service["ports"]]
    assert len(published) == len(set(published))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_watched(name: str) -> None:
    """Each service has a health check with a command, a rhythm and a limit."""
    health = SERVICES[name]["healthcheck"]
    assert health["test"][0] == "CMD"
    assert {"interval", "timeout", "retries"} <= set(health)


def test_lab_waits_for_everything() -> None:
    """The lab starts when all the others are healthy."""
    waits = SERVICES["lab"]["depends_on"]
    assert set(waits) == set(SERVICES) - {"lab"}
    assert {wait["condition"] for wait in waits.values()} == {"service_healthy"}


@pytest.mark.parametrize("variable", ["REDIS_URL", "AMQP_URL", "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_lab_finds_services_by_url(variable: str) -> None:
    """Each URL in the lab's environment leads to a service of the stack, at a port of its own."""
    url = urlsplit(LAB[variable])
    assert url.port in inside_ports(url.hostname or "")


@pytest.mark.parametrize(
    "address", [LAB["KAFKA_BOOTSTRAP_SERVERS"], f"{LAB['SMTP_HOST']}:{LAB['SMTP_PORT']}"], ids=["kafka", "mail"]
)
def test_lab_finds_services_by_address(address: str) -> None:
    """Kafka and the mail catcher are named to the lab with a port of theirs."""
    host, port = address.split(":")
    assert int(port) in inside_ports(host)


def test_broker_user_is_the_same_on_both_sides() -> None:
    """The lab logs in to RabbitMQ as the user that RabbitMQ is told to make."""
    url = urlsplit(LAB["AMQP_URL"])
    made = SERVICES["rabbitmq"]["environment"]
    assert (url.username, url.password) == (made["RABBITMQ_DEFAULT_USER"], made["RABBITMQ_DEFAULT_PASS"])


def test_lab_has_a_token() -> None:
    """The lab's token comes from the learner's shell or from JupyterLab: no token that everybody knows."""
    assert LAB["JUPYTER_TOKEN"] is None
    assert "token" not in (ROOT / "Dockerfile").read_text()


def test_kafka_answers_inside_and_outside() -> None:
    """Kafka sends clients in the lab to its service name, and clients on the machine to 127.0.0.1."""
    settings = SERVICES["kafka"]["environment"]
    advertised = dict(entry.split("://") for entry in settings["KAFKA_ADVERTISED_LISTENERS"].split(","))
    assert advertised["INSIDE"] == LAB["KAFKA_BOOTSTRAP_SERVERS"]
    [published] = SERVICES["kafka"]["ports"]
    assert f"{advertised['OUTSIDE']}:{advertised['OUTSIDE'].split(':')[1]}" == published


def test_kafka_runs_alone_in_kraft_mode() -> None:
    """Kafka is broker and controller in one, with no ZooKeeper, a valid cluster id and single copies."""
    settings = SERVICES["kafka"]["environment"]
    assert settings["KAFKA_PROCESS_ROLES"] == "broker,controller"
    assert settings["KAFKA_CONTROLLER_QUORUM_VOTERS"] == f"{settings['KAFKA_NODE_ID']}@kafka:9093"
    listeners = {entry.split("://")[0] for entry in settings["KAFKA_LISTENERS"].split(",")}
    mapped = {entry.split(":")[0] for entry in settings["KAFKA_LISTENER_SECURITY_PROTOCOL_MAP"].split(",")}
    assert listeners == mapped == {"INSIDE", "OUTSIDE", "CONTROLLER"}
    assert len(base64.urlsafe_b64decode(settings["CLUSTER_ID"] + "==")) == 16
    assert {value for name, value in settings.items() if name.endswith(("_REPLICATION_FACTOR", "_MIN_ISR"))} == {1}


def test_volumes_are_named_and_used() -> None:
    """Each named volume is used, and each mount is a named volume or something that the repository holds."""
    sources = {mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}
    named = {source for source in sources if not source.startswith(".")}
    assert named == set(COMPOSE["volumes"])
    assert [source for source in sources - named if not (ROOT / source).is_dir()] == []


def test_grafana_reads_from_services_of_the_stack() -> None:
    """Grafana's data sources are Prometheus and Jaeger, at their addresses in the stack."""
    sources = yaml.safe_load((ROOT / "compose/grafana/datasources/food-court.yml").read_text())["datasources"]
    assert {source["type"] for source in sources} == {"prometheus", "jaeger"}
    for source in sources:
        url = urlsplit(source["url"])
        assert url.port in inside_ports(url.hostname or "")


def test_prometheus_scrapes_what_is_there() -> None:
    """Prometheus scrapes services of the stack, and reads the learner's own from a file in the same folder."""
    jobs = yaml.safe_load((ROOT / "compose/prometheus/prometheus.yml").read_text())["scrape_configs"]
    targets = [target for job in jobs for config in job.get("static_configs", []) for target in config["targets"]]
    assert {target.split(":")[0] for target in targets} <= {"127.0.0.1", *SERVICES}
    [own] = [file for job in jobs for config in job.get("file_sd_configs", []) for file in config["files"]]
    assert yaml.safe_load((ROOT / "compose/prometheus" / Path(own).name).read_text()) == []
