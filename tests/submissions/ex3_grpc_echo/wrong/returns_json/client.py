import sys

import click
import grpc

import echo_pb2
import echo_pb2_grpc


@click.command()
@click.option("--target", default="localhost:50051", show_default=True)
@click.option("--timeout", default=2.0, show_default=True, help="Seconds.")
@click.argument("message")
def main(target, timeout, message):
    channel = grpc.insecure_channel(target)
    try:
        stub = echo_pb2_grpc.EchoServiceStub(channel)
        response = stub.Echo(echo_pb2.EchoRequest(message=message), timeout=timeout)
        click.echo(response.message)
    except grpc.RpcError as err:
        click.echo(f"error: {err.code().name}", err=True)
        sys.exit(2)
    finally:
        channel.close()


if __name__ == "__main__":
    main()
