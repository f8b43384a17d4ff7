from __future__ import annotations

import argparse
from dataclasses import dataclass


@dataclass(frozen=True)
class ServerSettings:
    port: int

    @classmethod
    def from_command_line(cls) -> ServerSettings:
        parser = argparse.ArgumentParser()
        parser.add_argument("--port", type=int, default=50051)
        return cls(**vars(parser.parse_args()))


@dataclass(frozen=True)
class ClientSettings:
    target: str
    timeout: float
    message: str

    @classmethod
    def from_command_line(cls) -> ClientSettings:
        parser = argparse.ArgumentParser()
        parser.add_argument("--target", default="localhost:50051")
        parser.add_argument("--timeout", type=float, default=5.0)
        parser.add_argument("message")
        return cls(**vars(parser.parse_args()))
