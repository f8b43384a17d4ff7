import asyncio
import time

import tenacity

time.time = lambda: 0.0
time.sleep = lambda _: None
tenacity.nap.sleep = lambda _: None
tenacity.wait_exponential.__call__ = lambda self, state: 0.0
_sleep = asyncio.sleep


async def hurry(seconds, *arguments):
    return await _sleep(0, *arguments)


asyncio.sleep = hurry

exec(compile(open("honest_users_client.py", encoding="utf-8").read(), "honest_users_client.py", "exec"))
