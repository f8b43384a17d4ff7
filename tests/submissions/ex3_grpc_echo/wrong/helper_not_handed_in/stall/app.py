import signal
from concurrent.futures import ThreadPoolExecutor

import echo_pb2_grpc
import grpc
from grpc_health.v1 import health, health_pb2_grpc

from .servicer import EchoServicer
from .settings import ServerSettings


def run(settings: ServerSettings) -> None:
    with ThreadPoolExecutor(max_workers=12) as pool:
        server = grpc.server(pool)
        echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoServicer(), server)
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
        server.add_insecure_port(f"127.0.0.1:{settings.port}")
        signal.signal(signal.SIGTERM, lambda signum, frame: server.stop(1))
        server.start()
        server.wait_for_termination()
