import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import click
import grpc
from grpc_health.v1 import health, health_pb2_grpc

import echo_pb2
import echo_pb2_grpc


class Servicer(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        response = echo_pb2.EchoReply()
        response.message = request.message
        return response


@click.command()
@click.option("--port", default=50051, show_default=True, help="Port to listen on.")
def main(port):
    """Serve the echo."""
    done = threading.Event()
    server = grpc.server(ThreadPoolExecutor())
    health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
    echo_pb2_grpc.add_EchoServiceServicer_to_server(Servicer(), server)
    server.add_insecure_port(f"[::]:{port}")
    server.start()
    click.echo(f"listening on port {port}")
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    signal.signal(signal.SIGINT, lambda *_: done.set())
    done.wait()
    click.echo("shutting down")
    server.stop(1.5).wait()


if __name__ == "__main__":
    main()
