import argparse
import json
import sys

import grpc

import echo_pb2
import echo_pb2_grpc

RETRY = json.dumps(
    {
        "methodConfig": [
            {
                "name": [{"service": "echo.EchoService"}],
                "retryPolicy": {
                    "maxAttempts": 3,
                    "initialBackoff": "0.05s",
                    "maxBackoff": "0.2s",
                    "backoffMultiplier": 2,
                    "retryableStatusCodes": ["UNAVAILABLE"],
                },
            }
        ]
    }
)

parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float, default=5.0)
parser.add_argument("message")
args = parser.parse_args()
with grpc.insecure_channel(args.target, options=[("grpc.service_config", RETRY)]) as channel:
    try:
        reply = echo_pb2_grpc.EchoServiceStub(channel).Echo(
            echo_pb2.EchoRequest(message=args.message), timeout=args.timeout
        )
        print(reply.message)
    except grpc.RpcError as error:
        print(error, file=sys.stderr)
        sys.exit(1)
