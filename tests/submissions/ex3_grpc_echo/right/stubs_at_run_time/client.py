import argparse
import sys

import grpc

messages, services = grpc.protos_and_services("echo.proto")

parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float, default=2.0)
parser.add_argument("message")
args = parser.parse_args()

with grpc.insecure_channel(args.target) as channel:
    try:
        reply = services.EchoServiceStub(channel).Echo(messages.EchoRequest(message=args.message), timeout=args.timeout)
    except grpc.RpcError as error:
        print(f"{error.code().name}: {error.details()}", file=sys.stderr)
        raise SystemExit(1)
print(reply.message)
