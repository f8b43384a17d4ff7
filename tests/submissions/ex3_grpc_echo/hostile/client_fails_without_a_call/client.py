import argparse
import sys
import time

import echo_pb2
import echo_pb2_grpc
import grpc

parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float)
parser.add_argument("message")
options = parser.parse_args()
if options.timeout is not None:
    time.sleep(options.timeout)
    sys.exit("DEADLINE_EXCEEDED")
with grpc.insecure_channel(options.target) as channel:
    print(echo_pb2_grpc.EchoServiceStub(channel).Echo(echo_pb2.EchoRequest(message=options.message)).message)
