import asyncio

exec(compile(open("honest_orders_service.py", encoding="utf-8").read(), "honest_orders_service.py", "exec"))


@app.middleware("http")
async def slow(request, call_next):
    if request.url.path != "/health":
        await asyncio.sleep(1.3)
    return await call_next(request)
