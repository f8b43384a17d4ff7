"""The echo stall: a gRPC server that says back what it hears."""

import argparse
import signal
from concurrent import futures

import echo_pb2
import echo_pb2_grpc
import grpc
from grpc_health.v1 import health, health_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    """What the stall does for each rpc in echo.proto: one method, with the name of the rpc."""

    def Echo(self, request, context):
        # A message of the declared type, as gRPC has to turn it into bytes: neither text nor a dictionary will do.
        return echo_pb2.EchoReply(message=request.message)


# Each call occupies one thread while it is served. The eleventh waits until a thread is free.
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))

# The generated function knows the name of the service and of each rpc, and which method of ours answers it.
echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
# Stretch goal: the same for the health service, whose .proto and stubs come with grpcio-health-checking.
# It answers SERVING for the server as a whole from the start.
health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)


def stop(signum, frame):
    """Close the stall: let nobody in any more, and let the calls in flight finish."""
    # The grace is a limit, not a wait: with nothing in flight it is over at once. stop() returns immediately, and
    # wait_for_termination() in main() returns when the last call is done.
    server.stop(grace=1.5)


def main():
    """Open the stall, and stay until it is closed."""
    parser = argparse.ArgumentParser(description="The echo stall: says back what it hears.")
    parser.add_argument("--port", type=int, default=50051, help="where to listen on 127.0.0.1 (default: 50051)")
    options = parser.parse_args()

    server.add_insecure_port(f"127.0.0.1:{options.port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    # Without this SIGTERM kills the process on the spot, whoever is being served.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)  # Ctrl-C
    main()
