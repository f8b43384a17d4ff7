import os
from contextlib import asynccontextmanager
import httpx
from fastapi import FastAPI, HTTPException, Body
from users_client import fetch_user

clients = {}

@asynccontextmanager
async def lifespan(app):
    clients['users'] = httpx.AsyncClient(base_url=os.environ.get('USERS_URL', 'http://127.0.0.1:8001'), timeout=httpx.Timeout(float(os.environ.get('USERS_TIMEOUT', '2.0'))))
    yield
    await clients.pop('users').aclose()

app = FastAPI(lifespan=lifespan)
orders = {}

async def user_of(uid):
    try:
        user = await fetch_user(clients['users'], uid)
    except httpx.HTTPError as e:
        raise HTTPException(status(e), str(e) or type(e).__name__)
    except ValueError:
        raise HTTPException(502, 'users-service sent no JSON')
    if not (isinstance(user, dict) and isinstance(user.get('id'), int) and isinstance(user.get('email'), str)):
        raise HTTPException(502, 'users-service sent no user')
    return user

def status(error):
    if isinstance(error, httpx.HTTPStatusError):
        return 404 if error.response.status_code == 404 else 502
    if isinstance(error, httpx.TimeoutException):
        return 504
    if isinstance(error, httpx.ConnectError):
        return 503
    return 502

@app.get('/health')
async def health():
    return {'status': 'ok'}

@app.post('/orders', status_code=201)
async def create(user_id: int = Body(), item: str = Body()):
    user = await user_of(user_id)
    oid = len(orders) + 1
    orders[oid] = {'item': item, 'user_id': user_id}
    return {'id': oid, 'item': item, 'user': user}

@app.get('/orders/{oid}')
async def read(oid: int):
    if oid not in orders:
        raise HTTPException(404)
    return {'id': oid, 'item': orders[oid]['item'], 'user': await user_of(orders[oid]['user_id'])}
