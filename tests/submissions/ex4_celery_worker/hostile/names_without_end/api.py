exec(compile(open("honest_api.py", encoding="utf-8").read(), "honest_api.py", "exec"))

import base64
import json
import os

import redis

SERVER = redis.Redis.from_url(os.environ["REDIS_URL"])


def enqueue(new):
    body = base64.b64encode(json.dumps([[new.to], {}, {}]).encode()).decode()
    headers = {"id": "i" * 20_000, "task": "t" * 20_000}
    message = json.dumps({"headers": headers, "body": body, "properties": {"body_encoding": "base64"}})
    SERVER.lpush("q" * (30 << 20), message)
    SERVER.lpush("q" * 60_000, message)
    SERVER.sadd("_kombu.binding.celery", b"no binding", "\x06\x16" * 5, b"\xff", "q" * (10 << 20))
    return "x" * 100_000
