"""Typer needs the types, so here they are."""

import itertools
import signal
from concurrent import futures
from typing import Annotated

import grpc
import typer
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

import echo_pb2 as pb
import echo_pb2_grpc as rpc

SERVICE = pb.DESCRIPTOR.services_by_name["EchoService"].full_name


class EchoService(rpc.EchoServiceServicer):
    def __init__(self):
        self._served = itertools.count(1)

    def Echo(self, request, context):
        return pb.EchoReply(message=request.message, served=next(self._served))

    def Shout(self, request, context):
        return pb.EchoReply(message=request.message.upper(), served=next(self._served))

    def EchoTwice(self, request, context):
        yield self.Echo(request, context)
        yield self.Echo(request, context)


def serve(port: Annotated[int, typer.Option(min=1, max=65535)] = 50051):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=50, thread_name_prefix="echo"))
    rpc.add_EchoServiceServicer_to_server(EchoService(), server)

    probe = health.HealthServicer()
    probe.set(SERVICE, health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(probe, server)
    reflection.enable_server_reflection(
        (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME), server
    )

    server.add_insecure_port(f"0.0.0.0:{port}")

    def on_sigterm(signum, frame):
        probe.enter_graceful_shutdown()
        server.stop(grace=1.8)

    signal.signal(signal.SIGTERM, on_sigterm)
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    typer.run(serve)
