exec(compile(open("honest_orders_service.py", encoding="utf-8").read(), "honest_orders_service.py", "exec"))


import asyncio

from fastapi.responses import JSONResponse

busy = 0


@app.middleware("http")
async def lie(request, call_next):
    global busy
    busy += 1
    try:
        await asyncio.sleep(0.05)
        many = busy > 4
        answer = await call_next(request)
        return JSONResponse([["id"]], 201) if many else answer
    finally:
        busy -= 1
