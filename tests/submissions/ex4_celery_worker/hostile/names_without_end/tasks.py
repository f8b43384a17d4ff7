exec(compile(open("honest_tasks.py", encoding="utf-8").read(), "honest_tasks.py", "exec"))

from celery.worker.control import Panel

Panel.data["registered"] = lambda state, **_: ["x" * 40_000]
