"""The echo stall: a gRPC server that says back what it hears.

Finish echo.proto first (TODO 1 to 3) and run protoc, then work through the TODOs in order, 4 to 8 here.
The README next to this file says exactly what the server must do.
"""

import argparse
from concurrent import futures

import grpc

# TODO 4: Import the two modules that protoc made from echo.proto: echo_pb2 and echo_pb2_grpc. Then let the class
#         below inherit from echo_pb2_grpc.EchoServiceServicer.


class EchoService:
    """What the stall does for each rpc in echo.proto: one method, with the name of the rpc."""

    def Echo(self, request, context):
        # TODO 5: Return an echo_pb2.EchoReply whose message is the message of the request.
        raise NotImplementedError("TODO 5 in server.py: say back what was heard")


# Each call occupies one thread while it is served. The eleventh waits until a thread is free.
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))

# TODO 6: Tell the server who does the work: call echo_pb2_grpc.add_EchoServiceServicer_to_server with an
#         EchoService() and the server. Until then it answers UNIMPLEMENTED, "Method not found!", to every call.


def stop(signum, frame):
    """Close the stall: let nobody in any more, and let the calls in flight finish."""
    # TODO 7: Call server.stop with a grace: the seconds that the calls in flight may take. Take 1.5, as the process
    #         has to be gone within 2 s. stop does not wait for them; wait_for_termination in main does.
    raise NotImplementedError("TODO 7 in server.py: stop gracefully")


def main():
    """Open the stall, and stay until it is closed."""
    parser = argparse.ArgumentParser(description="The echo stall: says back what it hears.")
    parser.add_argument("--port", type=int, default=50051, help="where to listen on 127.0.0.1 (default: 50051)")
    options = parser.parse_args()

    server.add_insecure_port(f"127.0.0.1:{options.port}")
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    # TODO 8: Import signal at the top, and say here which function Python calls when somebody stops the process:
    #         signal.signal(signal.SIGTERM, stop). SIGTERM kills the process on the spot until then. The same for
    #         signal.SIGINT, which is Ctrl-C.
    main()
