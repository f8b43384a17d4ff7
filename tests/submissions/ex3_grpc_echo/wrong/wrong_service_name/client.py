import argparse
import sys

import grpc

from echo_pb2 import EchoReply, EchoRequest


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", default="localhost:50051")
    parser.add_argument("--timeout", type=float, default=1.0)
    parser.add_argument("message", nargs="?", default="")
    args = parser.parse_args(argv)
    with grpc.insecure_channel(args.target) as channel:
        echo = channel.unary_unary(
            "/court.talk.EchoService/Echo",
            request_serializer=EchoRequest.SerializeToString,
            response_deserializer=EchoReply.FromString,
        )
        try:
            print(echo(EchoRequest(message=args.message), timeout=args.timeout).message)
        except grpc.RpcError as error:
            print(error.code().name, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
