import os

count = 0
exec(compile(open("honest_users_service.py", encoding="utf-8").read(), "honest_users_service.py", "exec"))


@app.middleware("http")
async def crash(request, call_next):
    global count
    count += 1
    if count > 1:
        os._exit(0)
    return await call_next(request)
