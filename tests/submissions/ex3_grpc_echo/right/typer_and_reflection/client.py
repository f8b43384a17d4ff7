from typing import Annotated

import grpc
import typer

import echo_pb2 as pb
import echo_pb2_grpc as rpc


def main(
    message: str,
    target: Annotated[str, typer.Option()] = "localhost:50051",
    timeout: Annotated[float, typer.Option(min=0)] = 5.0,
):
    with grpc.insecure_channel(target) as channel:
        try:
            reply, call = rpc.EchoServiceStub(channel).Echo.with_call(pb.EchoRequest(message=message), timeout=timeout)
        except grpc.RpcError as error:
            typer.secho(error.code().name, err=True, fg="red")
            raise typer.Exit(1) from None
    typer.echo(reply.message)


typer.run(main)
