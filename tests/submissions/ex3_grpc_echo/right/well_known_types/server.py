import argparse
import logging
import signal
from concurrent import futures

import echo_pb2
import echo_pb2_grpc
import grpc
from google.protobuf import empty_pb2

log = logging.getLogger("echo")


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        log.info("echo for %s", context.peer())
        reply = echo_pb2.EchoReply(message=request.message)
        reply.receipt.at.GetCurrentTime()
        return reply


class DoorService(echo_pb2_grpc.DoorServiceServicer):
    def Open(self, request, context):
        return empty_pb2.Empty()


def main():
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="server.py")
    parser.add_argument("--port", type=int, default=50051)
    parser.add_argument("--workers", type=int, default=10)
    options = parser.parse_args()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=options.workers))
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    echo_pb2_grpc.add_DoorServiceServicer_to_server(DoorService(), server)
    server.add_insecure_port(f"127.0.0.1:{options.port}")

    def graceful(signum, frame):
        log.info("closing")
        # Waiting here is fine as well: the calls run in threads of their own.
        server.stop(1.5).wait()

    signal.signal(signal.SIGTERM, graceful)
    server.start()
    log.info("open on port %d", options.port)
    server.wait_for_termination()
    log.info("closed")


if __name__ == "__main__":
    main()
