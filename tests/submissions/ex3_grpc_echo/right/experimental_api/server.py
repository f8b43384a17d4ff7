import argparse
import os
import signal
from concurrent import futures
from types import SimpleNamespace

import grpc

import echo_pb2
import echo_pb2_grpc


def echo(request, context):
    return echo_pb2.EchoReply(message=request.message)


def serve():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default=os.environ.get("PORT", "50051"))
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=5))
    # The generated function looks for an attribute with the name of the rpc; any object will do.
    echo_pb2_grpc.add_EchoServiceServicer_to_server(SimpleNamespace(Echo=echo), server)
    server.add_insecure_port("127.0.0.1:" + parser.parse_args().port)
    server.start()
    told = []
    signal.signal(signal.SIGTERM, lambda signum, frame: told.append(signum))
    while not told:
        server.wait_for_termination(timeout=0.1)
    server.stop(1).wait()


if __name__ == "__main__":
    serve()
