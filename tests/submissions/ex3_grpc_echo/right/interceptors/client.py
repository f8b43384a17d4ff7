import argparse
import sys

import grpc

import echo_pb2
import echo_pb2_grpc


class Deadline(grpc.UnaryUnaryClientInterceptor):
    def __init__(self, seconds):
        self._seconds = seconds

    def intercept_unary_unary(self, continuation, client_call_details, request):
        return continuation(client_call_details._replace(timeout=self._seconds), request)


parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float, default=5.0)
parser.add_argument("message")
args = parser.parse_args()

channel = grpc.intercept_channel(grpc.insecure_channel(args.target), Deadline(args.timeout))
try:
    print(echo_pb2_grpc.EchoServiceStub(channel).Echo(echo_pb2.EchoRequest(message=args.message)).message)
except grpc.RpcError as error:
    print(error.code().name, file=sys.stderr)
    sys.exit(1)
