import argparse
import functools
import signal
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2_grpc

from echo_pb2 import DESCRIPTOR, EchoReply, EchoRequest

ECHO = DESCRIPTOR.services_by_name["EchoService"]


def echo(request, context):
    return EchoReply(message=request.message)


def build(port):
    handler = grpc.method_handlers_generic_handler(
        ECHO.name,
        {
            "Echo": grpc.unary_unary_rpc_method_handler(
                echo,
                request_deserializer=EchoRequest.FromString,
                response_serializer=EchoReply.SerializeToString,
            )
        },
    )
    server = grpc.server(futures.ThreadPoolExecutor(20), handlers=[handler])
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    return server


def shut(server, signum, frame):
    server.stop(1.2)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("-p", "--port", type=int, default=50051)
    server = build(parser.parse_args().port)
    signal.signal(signal.SIGTERM, functools.partial(shut, server))
    server.start()
    server.wait_for_termination()
