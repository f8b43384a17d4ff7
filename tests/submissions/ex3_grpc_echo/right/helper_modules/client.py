from __future__ import annotations

import sys

import grpc
from stall.caller import EchoCaller
from stall.settings import ClientSettings


def main() -> int:
    settings = ClientSettings.from_command_line()
    with EchoCaller(settings.target) as caller:
        try:
            sys.stdout.write(f"{caller.echo(settings.message, settings.timeout)}\n")
        except grpc.RpcError as error:
            match error.code():
                case grpc.StatusCode.UNAVAILABLE:
                    advice = "is the server running?"
                case grpc.StatusCode.DEADLINE_EXCEEDED:
                    advice = "the server is slow"
                case _:
                    advice = error.details()
            print(f"{error.code().name} ({advice})", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
