import argparse
import asyncio
import sys

import grpc

import echo_pb2
import echo_pb2_grpc


async def ask(target, message):
    async with grpc.aio.insecure_channel(target) as channel:
        return (await echo_pb2_grpc.EchoServiceStub(channel).Echo(echo_pb2.EchoRequest(message=message))).message


parser = argparse.ArgumentParser()
parser.add_argument("--target", default="localhost:50051")
parser.add_argument("--timeout", type=float, default=2.5)
parser.add_argument("message")
options = parser.parse_args()
try:
    print(asyncio.run(asyncio.wait_for(ask(options.target, options.message), options.timeout)))
except TimeoutError:
    sys.exit(grpc.StatusCode.DEADLINE_EXCEEDED.name)
except grpc.RpcError as error:
    sys.exit(error.code().name)
