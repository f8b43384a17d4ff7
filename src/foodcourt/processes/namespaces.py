"""The few calls of the kernel's that Python 3.11 does not offer: namespaces, mounts and privileges (Linux only).

See namespaces(7), setns(2), mount(2), capabilities(7) and prctl(2).
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

__all__ = [
    "ALL_BUT_USER",
    "NET",
    "USER",
    "forbid_new_namespaces",
    "hide",
    "join",
    "make_read_only",
    "mount_scratch",
    "own_mounts",
    "show",
    "surrender",
    "unmount",
]

_NEWNS, _NEWUTS, _NEWIPC, _NEWPID = 0x00020000, 0x04000000, 0x08000000, 0x20000000
USER, NET = 0x10000000, 0x40000000
"""The user namespace, and the network namespace."""
ALL_BUT_USER = _NEWNS | NET | _NEWIPC | _NEWUTS | _NEWPID
"""Every other namespace that bubblewrap makes for a sandbox of ours."""

_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 8, 1 << 5, 1 << 12
_MS_REC, _MS_PRIVATE = 1 << 14, 1 << 18
_MNT_DETACH = 2
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_CAP_AMBIENT = 4, 24, 38, 47
_PR_CAP_AMBIENT_CLEAR_ALL = 4
_KEYCTL = {"x86_64": 250, "aarch64": 219}
"""The number of keyctl(2), by machine."""
_KEYCTL_JOIN_SESSION_KEYRING = 1
_CAPABILITY_VERSION = 0x20080522
_HIGHEST_CAPABILITY = 63

_libc = ctypes.CDLL(None, use_errno=True)


def own_mounts() -> None:
    """Give this process mounts of its own, which nobody else sees; it must have one thread only.

    Who is not root gets a user namespace too, where they are the user that they were.

    Raises:
        OSError: the kernel does not allow it.
    """
    if os.geteuid() == 0:
        _check(_libc.unshare(_NEWNS), "unshare")
    else:
        uid, gid = os.geteuid(), os.getegid()
        _check(_libc.unshare(USER | _NEWNS), "unshare")
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "mount")


def mount_scratch(folder: Path, size: int) -> None:
    """Mount an empty file system in memory on `folder`, of `size` bytes at most.

    Raises:
        OSError: the kernel does not allow it.
    """
    options = f"size={size},nr_inodes=20000,mode=0700".encode()
    _check(_libc.mount(b"scratch", os.fsencode(folder), b"tmpfs", _MS_NOSUID | _MS_NODEV, options), "mount")


def make_read_only(mounted: str) -> None:
    """Have nobody change what is mounted there; a device can still be written to, but its owner and mode stay.

    Raises:
        OSError: the kernel does not allow it.
    """
    kept = os.statvfs(mounted).f_flag & (_MS_NOSUID | _MS_NODEV | _MS_NOEXEC)  # the numbers are the same
    flags = _MS_REMOUNT | _MS_BIND | _MS_RDONLY | kept
    _check(_libc.mount(None, os.fsencode(mounted), None, flags, None), "mount")


def unmount(folder: Path) -> None:
    """Undo `mount_scratch`; nothing happens where nothing is mounted."""
    _libc.umount2(os.fsencode(folder), _MNT_DETACH)


def join(pidfd: int, namespaces: int) -> None:
    """Enter namespaces of the process that `pidfd` stands for; its process ids are for children only.

    Raises:
        OSError: it is gone, or the kernel does not allow it.
    """
    _check(_libc.setns(pidfd, namespaces), "setns")


def forbid_new_namespaces() -> None:
    """Have nobody make a user namespace inside the one that this process is in: that is where kernels have holes.

    Raises:
        OSError: the kernel does not allow it.
    """
    Path("/proc/sys/user/max_user_namespaces").write_text("0", encoding="ascii")


def hide() -> None:
    """Close this process's memory, descriptors and environment to processes of the same user."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl")


def show() -> None:
    """Undo `hide`, for a program that may look at itself."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilityData(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def surrender() -> None:
    """Give up every privilege for good: no capability, none to be had from a program that is executed, no keys.

    Raises:
        OSError: the kernel does not allow it.
    """
    if (number := _KEYCTL.get(os.uname().machine)) is not None:
        # Where there are no keyrings, or a container may not ask for one, there is nothing to leave behind.
        _libc.syscall(ctypes.c_long(number), ctypes.c_long(_KEYCTL_JOIN_SESSION_KEYRING), None)
    for capability in range(_HIGHEST_CAPABILITY + 1):
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            break  # the kernel knows no more
    _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    header, nothing = _CapabilityHeader(_CAPABILITY_VERSION, 0), (_CapabilityData * 2)()
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(nothing)), "capset")


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
