import argparse
import sys
import warnings

import grpc
import grpc.experimental

import echo_pb2
import echo_pb2_grpc

warnings.simplefilter("ignore", grpc.experimental.ExperimentalApiWarning)

parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float, default=5.0)
parser.add_argument("message")
args = parser.parse_args()
try:
    reply = echo_pb2_grpc.EchoService.Echo(
        echo_pb2.EchoRequest(message=args.message),
        args.target,
        insecure=True,
        timeout=args.timeout,
        wait_for_ready=False,
    )
except grpc.RpcError as error:
    print(error.code().name, file=sys.stderr)
    sys.exit(1)
print(reply.message)
