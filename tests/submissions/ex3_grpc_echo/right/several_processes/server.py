"""Two processes, one port: each has a server of its own, and Linux shares the connections out."""

import argparse
import multiprocessing
import signal
import sys
from concurrent import futures

import grpc

import echo_pb2
import echo_pb2_grpc


class EchoService(echo_pb2_grpc.EchoServiceServicer):
    def Echo(self, request, context):
        return echo_pb2.EchoReply(message=request.message)


def work(port):
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8), options=(("grpc.so_reuseport", 1),))
    echo_pb2_grpc.add_EchoServiceServicer_to_server(EchoService(), server)
    server.add_insecure_port(f"127.0.0.1:{port}")
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda signum, frame: server.stop(1.2))
    server.start()
    server.wait_for_termination()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=50051)
    options = parser.parse_args()

    spawn = multiprocessing.get_context("spawn")
    workers = [spawn.Process(target=work, args=(options.port,)) for _ in range(2)]

    def pass_on(signum, frame):
        for worker in workers:
            worker.terminate()

    for worker in workers:
        worker.start()
    signal.signal(signal.SIGTERM, pass_on)
    signal.signal(signal.SIGINT, pass_on)
    for worker in workers:
        worker.join()
    sys.exit(0)


if __name__ == "__main__":
    main()
