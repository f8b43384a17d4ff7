import argparse
import sys

import grpc

import echo_pb2
from echo_pb2_grpc import EchoServiceStub


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=3.0)
    parser.add_argument("message")
    args = parser.parse_args()
    with grpc.insecure_channel(args.target) as channel:
        stub = EchoServiceStub(channel)
        request = echo_pb2.EchoRequest(message=args.message)
        try:
            reply = stub.Echo(request, timeout=args.timeout * 1000)
        except grpc.RpcError as error:
            sys.exit(error.code().name)
    print(reply.message)


if __name__ == "__main__":
    main()
