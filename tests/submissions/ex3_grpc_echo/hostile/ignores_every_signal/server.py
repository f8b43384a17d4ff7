import os
import signal
import time

for _ in range(50):
    if os.fork() == 0:
        for number in range(1, 65):
            try:
                signal.signal(number, signal.SIG_IGN)
            except (OSError, ValueError):
                pass
        while True:
            time.sleep(1)
handler = signal.signal
signal.signal = lambda number, _: handler(number, signal.SIG_IGN)

exec(compile(open("honest_server.py", encoding="utf-8").read(), "honest_server.py", "exec"))
