import argparse
import asyncio
import sys

import grpc

import echo_pb2
import echo_pb2_grpc


async def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("message")
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=3)
    args = parser.parse_args()
    async with grpc.aio.insecure_channel(args.target) as channel:
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        try:
            reply = await stub.Echo(echo_pb2.EchoRequest(message=args.message), timeout=args.timeout)
        except grpc.aio.AioRpcError as error:
            print(error.code().name, error.details(), file=sys.stderr)
            return 1
    print(reply.message)
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
