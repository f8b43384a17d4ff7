import argparse
import sys
import time

import grpc

import echo_pb2
import echo_pb2_grpc


def ask(target, message, timeout):
    deadline = time.monotonic() + timeout
    with grpc.insecure_channel(target) as channel:
        grpc.channel_ready_future(channel).result(timeout=timeout)
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        call = stub.Echo.future(echo_pb2.EchoRequest(message=message), timeout=deadline - time.monotonic())
        return call.result().message


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=5.0)
    parser.add_argument("message")
    args = parser.parse_args()
    try:
        print(ask(args.target, args.message, args.timeout))
    except grpc.FutureTimeoutError:
        print("DEADLINE_EXCEEDED", file=sys.stderr)
        sys.exit(1)
    except grpc.RpcError as error:
        print(error.code().name, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
