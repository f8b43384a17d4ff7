import argparse
import logging
import sys

import echo_pb2
import echo_pb2_grpc
import grpc


def main():
    logging.basicConfig(level=logging.DEBUG)  # to stderr
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=None)
    parser.add_argument("message")
    options = parser.parse_args()

    logging.debug("calling %s", options.target)
    try:
        with grpc.insecure_channel(options.target) as channel:
            stub = echo_pb2_grpc.EchoServiceStub(channel)
            reply = stub.Echo(
                echo_pb2.EchoRequest(message=options.message, mood=echo_pb2.HUNGRY), timeout=options.timeout or 4
            )
    except grpc.RpcError as error:
        logging.error("the call failed: %s", error.code().name)
        return 1
    print(reply.message)
    return 0


if __name__ == "__main__":
    sys.exit(main())
