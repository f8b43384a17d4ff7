import argparse
import signal
import threading
import time
from concurrent import futures

import grpc

import echo_pb2
import echo_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        remaining = context.time_remaining()
        if remaining is not None and remaining < 0.01:
            context.abort(grpc.StatusCode.DEADLINE_EXCEEDED, "no time left")
        time.sleep(0.002)
        return echo_pb2.EchoReply(message=request.message)

    def Chat(self, request_iterator, context):
        for request in request_iterator:
            yield echo_pb2.EchoReply(message=request.message)


def serve(port):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32))
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()

    def on_signal(signum, frame):
        threading.Thread(target=lambda: server.stop(1.5).wait()).start()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    server.wait_for_termination()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    serve(parser.parse_args().port)
