"""A filter on system calls that a process and all that it starts can never take off again (Linux only).

It keeps programs from sockets whose buffers the kernel puts down to nobody: a few thousand netlink sockets hold
gigabytes that no control group counts. Nothing in a lesson needs other families than those that are let through. See
seccomp(2), https://docs.kernel.org/userspace-api/seccomp_filter.html, and for the program, in classic BPF,
https://docs.kernel.org/networking/filter.html.
"""

from __future__ import annotations

import ctypes
import errno
import os
import socket
import struct

__all__ = ["restrict_sockets"]

_KNOWN = {"x86_64": (0xC000003E, 41, 317), "aarch64": (0xC00000B7, 198, 277)}
"""By machine: how audit(7) names it, and the numbers of socket(2) and seccomp(2) there."""
_IO_URING_SETUP = 425
"""The same everywhere; what is done through its rings passes no filter, and it can make sockets, too."""
_X32 = 0x40000000
"""Numbers from here on are another way into the same calls on x86_64."""
_NETLINK, _NETLINK_ROUTE = 16, 0
_SET_MODE_FILTER = 1
_SPEC_ALLOW = 4
"""Older kernels would slow down everything under a filter, against a way to spy that is open without one, too."""
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FAMILY, _PROTOCOL = 0, 4, 16, 32
"""Where struct seccomp_data has them; of the arguments the lower half, which is all that the kernel looks at."""
_ALLOW, _ERROR = 0x7FFF0000, 0x00050000

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def restrict_sockets() -> None:
    """Let this process and its children make sockets of these families only: Unix, IPv4, IPv6, and routing's netlink.

    The process must be forbidden to gain privileges. Nothing happens on machines whose numbers are not known here.

    Raises:
        OSError: the kernel does not allow it.
    """
    if (known := _KNOWN.get(os.uname().machine)) is None:
        return
    architecture, socket_, seccomp = known
    program = _assembled(architecture, socket_)
    filter_ = _Program(len(program) // 8, program)
    arguments = (ctypes.c_long(_SET_MODE_FILTER), ctypes.c_long(_SPEC_ALLOW), ctypes.byref(filter_))
    if _libc.syscall(ctypes.c_long(seccomp), *arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"seccomp: {os.strerror(number)}")


def _assembled(architecture: int, socket_: int) -> bytes:
    """Give the filter: each line says what to do, with what, and the ends to go to if it is so, and if not."""
    lines: list[tuple[int, int, str, str]] = [
        (_LOAD, _ARCHITECTURE, "", ""),
        (_EQUAL, architecture, "", "no such call"),
        (_LOAD, _NUMBER, "", ""),
        (_AT_LEAST, _X32, "no such call", ""),
        (_EQUAL, _IO_URING_SETUP, "no such call", ""),
        (_EQUAL, socket_, "", "allowed"),
        (_LOAD, _FAMILY, "", ""),
        *((_EQUAL, int(family), "allowed", "") for family in (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)),
        (_EQUAL, _NETLINK, "", "no such family"),
        (_LOAD, _PROTOCOL, "", ""),
        (_EQUAL, _NETLINK_ROUTE, "allowed", "no such family"),
    ]
    ends = {
        "allowed": _ALLOW,
        "no such call": _ERROR | errno.ENOSYS,
        "no such family": _ERROR | errno.EAFNOSUPPORT,
    }
    places = {end: len(lines) + number for number, end in enumerate(ends)}

    def jump(here: int, end: str) -> int:
        return places[end] - here - 1 if end else 0

    code = [(what, jump(here, yes), jump(here, no), value) for here, (what, value, yes, no) in enumerate(lines)]
    code += [(_RETURN, 0, 0, value) for value in ends.values()]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)
