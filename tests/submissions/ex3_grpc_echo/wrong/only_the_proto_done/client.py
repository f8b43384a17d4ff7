"""A customer of the echo stall: sends one message, and prints what comes back.

Finish server.py first, then work through the TODOs in order, 9 to 13.
The README next to this file says exactly what the client must print, and where.
"""

import argparse

# TODO 9: Import sys, grpc, and the two modules that protoc made from echo.proto.


def ask(target, message, timeout):
    """Send a message to the echo stall at target, wait for at most timeout seconds, and return what it says back."""
    # TODO 10: Open a channel to target with grpc.insecure_channel, in a with statement. Make an
    #         echo_pb2_grpc.EchoServiceStub for the channel, call its Echo with an echo_pb2.EchoRequest, and return
    #         the message of the reply.
    # TODO 11: Give the call its deadline: timeout=timeout. gRPC has none by itself and would wait for ever.
    raise NotImplementedError("TODO 9 to 11 in client.py: ask the stall")


def command_line():
    """What the customer typed: target, timeout (seconds) and message."""
    parser = argparse.ArgumentParser(description="Sends a message to the echo stall and prints the reply.")
    parser.add_argument("--target", default="localhost:50051", help="HOST:PORT of the stall (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds to wait (default: %(default)s)")
    parser.add_argument("message", help="what to say")
    return parser.parse_args()


def main(options):
    """Ask once, as the options say."""
    # TODO 12: Print what ask(options.target, options.message, options.timeout) returns, and nothing else.
    # TODO 13: When it raises grpc.RpcError instead, print the name of the error's status code, error.code().name,
    #          to sys.stderr, and leave with sys.exit(1).
    raise NotImplementedError("TODO 12 and 13 in client.py: print the reply, or the name of the error")


if __name__ == "__main__":
    main(command_line())
