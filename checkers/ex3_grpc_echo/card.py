"""The learner's echo.proto: the modules that protoc makes of it, and what it declares."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
)
from google.protobuf.message import DecodeError

from foodcourt.grading.failures import CheckFailed
from foodcourt.grading.finished import Finished
from foodcourt.grading.shapes import shorten
from foodcourt.grading.submission import Submission
from foodcourt.grading.untrusted import read_untrusted

NAME = "echo.proto"
BY_HAND = f"python -m grpc_tools.protoc -I. --python_out=. --grpc_python_out=. {NAME}"
_DESCRIPTORS = "echo.descriptors"
_PATIENCE = 10.0
_SIZE_LIMIT = 1 << 19
"""Bytes that all .proto files together may have: over some MiB, protoc sits for minutes."""
_ERROR = re.compile(r"^\S+\.proto:(\d+:\d+:)? ", re.MULTILINE)
_COMPLAINTS = {
    r'Expected "required", "optional", or "repeated"': (
        'the first statement is not syntax = "proto3"; and without it the file is proto2, where fields need a label'
    ),
    r'Expected ";"': "a semicolon is missing there, or at the end of the line before",
    r"missing '}'": "a closing brace is missing",
    r"Missing field number": "a field has no number; it is written string message = 1;",
    r'"(?i:str|string|text)" is not defined': "the type of a text is called string, in small letters",
    r"is not defined": "a name is used that the file does not declare; large and small letters count",
    r"Required fields are not allowed": "proto3 knows no required fields",
    r"has already been used": "two fields of a message have the same number",
    r"Field numbers must be positive": "the numbers of fields begin at 1",
    r"Expected message type": "an rpc takes a message and returns a message, and nothing else",
    r'Expected "returns"': "the word between the two messages of an rpc is returns",
    r"Expected top-level statement": "that is no statement of a .proto; a comment begins with //",
    r"File not found": "a file is imported that is not there",
}
"""What protoc's first complaint most likely means; the first that matches wins."""


@dataclass(frozen=True)
class Card:
    """What protoc made of echo.proto.

    Attributes:
        text: the file as it is.
        run: how protoc ended.
        files: what the file and all that it imports declare; the file itself is the last. Empty if protoc failed.
    """

    text: str
    run: Finished
    files: tuple[FileDescriptorProto, ...]

    @property
    def path(self) -> str:
        """The address of the rpc, as it goes over the wire: `/echo.EchoService/Echo`."""
        package = self.files[-1].package
        return f"/{package + '.' if package else ''}EchoService/Echo"

    @property
    def has_shape(self) -> bool:
        """Whether it compiled and declares what the contract says."""
        try:
            self.expect_compiled()
            self.expect_shape()
        except CheckFailed:
            return False
        return True

    def expect_compiled(self) -> None:
        """Expect that protoc accepted it.

        Raises:
            CheckFailed: it did not; the message is protoc's own.
        """
        if self.files:
            return
        lines = [line[:300] for line in self.run.stderr.splitlines() if _ERROR.match(line)]
        said = "\n".join(lines[:6]) or f"{self.run.ended}; {shorten(self.run.stderr[-300:])}"
        mistakes = (next((m for sign, m in _COMPLAINTS.items() if re.search(sign, line)), "") for line in lines)
        raise CheckFailed(f"protoc to accept {NAME}", said, mistake=next(filter(None, mistakes), ""))

    def expect_shape(self) -> None:
        """Expect the service, the rpc, and a `string message = 1` in both of its messages; all else is free.

        Raises:
            CheckFailed: something is missing, or not as the contract says.
        """
        rpc = next(self._rpcs(), None)
        self._expect_text("EchoRequest", rpc.input_type if rpc else "", "TODO 1")
        self._expect_text("EchoReply", rpc.output_type if rpc else "", "TODO 2")
        services = [service.name for service in self.files[-1].service]
        if "EchoService" not in services:
            missing = "" if services else "the service is missing"
            mistake = self._todo("TODO 3") or missing or _other_name(services, "EchoService")
            raise CheckFailed(
                f"a service called EchoService in {NAME}", _listed("service", services), mistake=mistake
            )
        if rpc is None:
            rpcs = [rpc.name for service in self.files[-1].service for rpc in service.method]
            raise CheckFailed(
                "an rpc called Echo in EchoService", _listed("rpc", rpcs), mistake=_other_name(rpcs, "Echo")
            )
        if rpc.client_streaming or rpc.server_streaming:
            raise CheckFailed(
                "Echo to take one message and return one", "a stream", mistake="the word stream has no place in it"
            )
        types = [rpc.input_type.rpartition(".")[2], rpc.output_type.rpartition(".")[2]]
        if types != ["EchoRequest", "EchoReply"]:
            raise CheckFailed(
                "rpc Echo (EchoRequest) returns (EchoReply)",
                f"rpc Echo ({types[0]}) returns ({types[1]})",
                mistake="the rpc returns another message than EchoReply"
                if types[0] == "EchoRequest"
                else "the rpc takes another message than EchoRequest",
            )

    def _rpcs(self) -> Iterator[MethodDescriptorProto]:
        for service in self.files[-1].service:
            if service.name == "EchoService":
                yield from (rpc for rpc in service.method if rpc.name == "Echo")

    def _expect_text(self, name: str, used: str, todo: str) -> None:
        """Expect `string message = 1` in the message that the rpc uses, or else in any of that name."""
        declared = [found for file in reversed(self.files) for found in _messages(file)]
        named = [found for found in declared if found[0].rpartition(".")[2] == name]
        message = next((message for path, message in named if path == used), named[0][1] if named else None)
        if message is None:
            names = [found.name for found in self.files[-1].message_type]
            mistake = _other_name([used.rpartition(".")[2]] if used else names, name)
            raise CheckFailed(f"a message called {name}", _listed("message", names), mistake=mistake)
        expected = f"string message = 1 in {name}"
        field = next((field for field in message.field if field.name == "message"), None)
        if field is None:
            fields = [_written(field) for field in message.field]
            mistake = "" if fields else self._todo(todo) or "the field is missing"
            raise CheckFailed(
                expected, _listed("field", fields), mistake=mistake or "the field has another name than message"
            )
        mistake = (
            "the field's number is not 1"
            if field.number != 1
            else "the field is a list, as it is repeated"
            if field.label == FieldDescriptorProto.LABEL_REPEATED
            else "the field's type is not string"
            if field.type != FieldDescriptorProto.TYPE_STRING
            else ""
        )
        if mistake:
            raise CheckFailed(expected, _written(field), mistake=mistake)

    def _todo(self, todo: str) -> str:
        return f"this part is still a TODO: {todo} in {NAME}" if f"{todo}:" in self.text else ""


def compile_card(submission: Submission) -> Card:
    """Have protoc make echo_pb2.py and echo_pb2_grpc.py in the submission's folder, whatever lies there.

    Raises:
        SubmissionBroken: there is no echo.proto.
        CheckFailed: it is no file to give to protoc.
    """
    size = sum(path.stat().st_size for path in submission.original.rglob("*.proto") if path.is_file())
    if size > _SIZE_LIMIT:
        raise CheckFailed(f"{NAME} and what it imports to have at most {_SIZE_LIMIT:,} bytes", f"{size:,}")
    run = _protoc(submission, NAME, f"--descriptor_set_out={submission.scratch / _DESCRIPTORS}", "--include_imports")
    files = _read(submission.scratch) if run.status == 0 else ()
    for file in files:
        if isinstance(name := file.name, bytes):  # what is no UTF-8, protobuf leaves as it is
            raise CheckFailed(f"{NAME} to import files whose names are UTF-8", repr(name)[:160])
    # What it imports from the learner's own files has modules of its own.
    helpers = [file.name for file in files[:-1] if (submission.original / file.name).is_file()]
    if helpers:
        run = _protoc(submission, *helpers)
    text = (submission.original / NAME).read_text(encoding="utf-8", errors="replace")
    return Card(text, run, files if run.status == 0 else ())


def _protoc(submission: Submission, *arguments: str) -> Finished:
    # In a folder that holds nothing of the learner's: no interpreter of ours imports what lies in theirs.
    folder = submission.folder
    outputs = (f"-I{folder}", f"--python_out={folder}", f"--grpc_python_out={folder}")
    command = ["python-grpc-tools-protoc", *outputs, *arguments]
    run = submission.run(command, file=NAME, name="protoc", patience=_PATIENCE, folder=submission.scratch)
    return replace(run, line=BY_HAND, stderr=run.stderr.replace(f"{folder}/", ""))


def _read(folder: Path) -> tuple[FileDescriptorProto, ...]:
    try:
        return tuple(FileDescriptorSet.FromString(read_untrusted(folder, _DESCRIPTORS, limit=16 * _SIZE_LIMIT)).file)
    except (OSError, ValueError, DecodeError):
        return ()


def _messages(file: FileDescriptorProto) -> Iterator[tuple[str, DescriptorProto]]:
    """Give the messages of a file, nested ones too, by their full names (`.echo.EchoRequest`)."""
    waiting = [(f".{file.package}" if file.package else "", message) for message in file.message_type]
    while waiting:
        path, message = waiting.pop(0)
        path = f"{path}.{message.name}"
        yield path, message
        waiting += [(path, inner) for inner in message.nested_type]


def _written(field: FieldDescriptorProto) -> str:
    kind = field.type_name or FieldDescriptorProto.Type.Name(field.type).removeprefix("TYPE_").lower()
    label = "repeated " if field.label == FieldDescriptorProto.LABEL_REPEATED else ""
    return f"{label}{kind.lstrip('.')} {field.name} = {field.number}"


def _listed(what: str, names: list[str]) -> str:
    return f"the {what}{'s' * (len(names) > 1)} {', '.join(names)[:160]}" if names else f"no {what}"


def _other_name(names: list[str], wanted: str) -> str:
    return f"the name is {names[0]}, not {wanted}" if len(names) == 1 else ""
