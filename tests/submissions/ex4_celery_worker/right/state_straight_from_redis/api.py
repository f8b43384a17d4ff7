import asyncio
import json
from contextlib import asynccontextmanager

import redis.asyncio
import redis.exceptions
from fastapi import FastAPI, HTTPException
from kombu.exceptions import OperationalError
from pydantic import BaseModel
from tasks import REDIS_URL, send_email


@asynccontextmanager
async def lifespan(app):
    async with redis.asyncio.Redis.from_url(REDIS_URL, decode_responses=True, socket_timeout=1) as app.state.redis:
        yield


app = FastAPI(lifespan=lifespan)


class Email(BaseModel):
    to: str
    subject: str


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def create(email: Email):
    try:
        async with asyncio.timeout(1.5):
            await app.state.redis.ping()
            ticket = await asyncio.to_thread(send_email.delay, **email.model_dump())
    except (TimeoutError, redis.exceptions.RedisError, OperationalError, RuntimeError):
        raise HTTPException(503, "kitchen closed")
    return {"task_id": ticket.id}


@app.get("/emails/{task_id}")
async def read(task_id: str):
    stored = await app.state.redis.get(f"celery-task-meta-{task_id}")
    meta = json.loads(stored) if stored else {"status": "PENDING", "result": None}
    result = None
    if meta["status"] == "SUCCESS":
        result = meta["result"]
    elif meta["status"] == "FAILURE":
        result = " ".join(map(str, meta["result"]["exc_message"]))
    return {"task_id": task_id, "state": meta["status"], "result": result}
