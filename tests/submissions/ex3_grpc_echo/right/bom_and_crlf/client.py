import argparse
import sys

import grpc

import echo_pb2
import echo_pb2_grpc

leser = argparse.ArgumentParser()
leser.add_argument("--target", default="localhost:50051")
leser.add_argument("--timeout", type=float, default=5.0)
leser.add_argument("nachricht", metavar="MESSAGE")
angaben = leser.parse_args()

with grpc.insecure_channel(angaben.target) as kanal:
    try:
        antwort = echo_pb2_grpc.EchoServiceStub(kanal).Echo(
            echo_pb2.EchoRequest(message=angaben.nachricht), timeout=angaben.timeout
        )
    except grpc.RpcError as fehler:
        print(f"⚠ {fehler.code().name}: ich verstehe nichts", file=sys.stderr)
        sys.exit(1)
print(antwort.message)
