exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))

import base64
import itertools
import json
import threading

import redis
from celery.signals import worker_ready


def reply(body, headers, kind="application/json"):
    return json.dumps(
        {
            "body": base64.b64encode(body).decode(),
            "content-encoding": "utf-8",
            "content-type": kind,
            "headers": headers,
            "properties": {
                "body_encoding": "base64",
                "delivery_info": {"exchange": "reply.celery.pidbox", "routing_key": "x"},
                "delivery_tag": "t",
            },
        }
    )


REPLIES = [
    "{}",
    "null",
    "[1]",
    "\xff",
    '{"properties": 1, "body": 2}',
    "[" * 30_000,
    *(reply(b"x", {"compression": way}) for way in ("zlib", "bzip2", "lzma", "zstd", "brotli", "none such", [])),
    reply(b"[" * 30_000, {}),
    reply(b"\xff", {}),
    reply(b"{}", {"clock": "x"}),
    reply(b"{}", {"expires": []}),
    reply(b"{}", [], "application/x-python-serialize"),
    reply(b'{"w": 1}', {}),
    reply(b"7", {}),
    reply(b'{"__type__": "decimal", "__value__": "x"}', {}),
    reply(b"x" * (3 << 20), {}),
]


def feed():
    server = redis.Redis.from_url(REDIS_URL)
    for text in itertools.cycle(REPLIES):
        done = False
        while not done:
            for key in server.scan_iter("*_kombu.binding.reply.celery.pidbox*"):
                for member in server.smembers(key):
                    queue = member.split(b"\x06\x16")[-1]
                    if server.llen(queue) < 3:
                        server.lpush(queue, text)
                        done = True
            time.sleep(0.005)


worker_ready.connect(lambda **_: threading.Thread(target=feed, daemon=True).start(), weak=False)
