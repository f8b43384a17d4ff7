"""A customer of the echo stall: sends one message, and prints what comes back."""

import argparse
import sys

import echo_pb2
import echo_pb2_grpc
import grpc


def ask(target, message, timeout):
    """Send a message to the echo stall at target, wait for at most timeout seconds, and return what it says back."""
    # gRPC reads http_proxy: a proxy set on this machine must not stand between two neighbours.
    with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        # The channel connects when the first call needs it, so the deadline covers connecting as well.
        # Without wait_for_ready a refused connection is UNAVAILABLE at once.
        reply = stub.Echo(echo_pb2.EchoRequest(message=message), timeout=timeout)
        return reply.message


def command_line():
    """What the customer typed: target, timeout (seconds) and message."""
    parser = argparse.ArgumentParser(description="Sends a message to the echo stall and prints the reply.")
    parser.add_argument("--target", default="localhost:50051", help="HOST:PORT of the stall (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds to wait (default: %(default)s)")
    parser.add_argument("message", help="what to say")
    return parser.parse_args()


def main(options):
    """Ask once, as the options say."""
    try:
        print(ask(options.target, options.message, options.timeout))
    # Every failed call raises an RpcError, whatever went wrong; its code says what.
    except grpc.RpcError as error:
        # stdout belongs to the reply: a program that reads it must never take an error for an echo.
        print(error.code().name, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(command_line())
