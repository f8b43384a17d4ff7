"""A customer of the echo stall: sends one message, and prints what comes back.

Finish server.py first, then work through the TODOs in order, 9 to 13.
The README next to this file says exactly what the client must print, and where.
"""

import argparse

import sys
import grpc
import echo_pb2
import echo_pb2_grpc


def ask(target, message, timeout):
    """Send a message to the echo stall at target, wait for at most timeout seconds, and return what it says back."""
    with grpc.insecure_channel(target) as channel:
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        return stub.Echo(echo_pb2.EchoRequest(message=message), timeout=timeout).message


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
    except grpc.RpcError as error:
        print(error.code().name, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main(command_line())
