import argparse
import sys

import grpc

import echo_pb2
import echo_pb2_grpc


class EchoClient:
    def __init__(self, host, port):
        self.channel = grpc.insecure_channel(f"{host}:{port}")
        self.stub = echo_pb2_grpc.EchoServiceStub(self.channel)

    def say(self, message, timeout):
        return self.stub.Echo(echo_pb2.EchoRequest(message=message), timeout).message


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("message")
    arguments = parser.parse_args()
    host, _, port = arguments.target.rpartition(":")
    try:
        print(EchoClient(host, port).say(arguments.message, arguments.timeout), flush=True)
    except grpc.RpcError as e:
        print(e.code().name, file=sys.stderr)
        sys.exit(1)
