import argparse
import sys
import time

import grpc

import echo_pb2
import echo_pb2_grpc


def run(target, timeout, message):
    with grpc.insecure_channel(target) as channel:
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        for attempt in range(5):
            try:
                reply = stub.Echo(echo_pb2.EchoRequest(message=message), timeout=timeout)
                break
            except grpc.RpcError as error:
                if attempt == 4:
                    print(error.code().name, file=sys.stderr)
                    sys.exit(1)
                time.sleep(0.1)
    print(reply.message)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("message")
    args = parser.parse_args()
    run(args.target, args.timeout, args.message)
