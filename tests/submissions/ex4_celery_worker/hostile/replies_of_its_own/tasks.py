exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))


import json
import pickle
import zlib

from celery.worker.control import Panel


class Evil:
    def __reduce__(self):
        return (print, ("PWNED by pickle",))


LIES = [
    {"__type__": "decimal", "__value__": "x"}, {"__type__": "datetime", "__value__": "x"}, {"__type__": "bytes", "__value__": "\ud800"},
    {"__type__": "uuid", "__value__": {}}, [["tasks.send_email"]], {"a": 1}, None, 1, "tasks.send_email" * 100_000,
]
Panel.data["registered"] = lambda state, **_: [{"id": lie} for lie in LIES] + LIES
Panel.data["active"] = lambda state, **_: [{"id": {}, "worker_pid": "1; reboot"}, *LIES]


def store(task_id, result, state, *arguments, **named):
    data = {0: pickle.dumps(Evil()), 1: zlib.compress(b" " * (200 << 20)) , 2: json.dumps({"status": "FAILURE", "result": LIES}).encode(), 3: b"\xff" * 100}
    key = app.backend.get_key_for_task(task_id)
    app.backend.client.set(key, data[hash(task_id) % 4])
    return result


app.backend.store_result = store
app.backend.mark_as_done = lambda task_id, result, request=None, **_: store(task_id, result, "SUCCESS")
