import asyncio
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

import users_client


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.hits += 1
        status = self.server.statuses.pop(0)
        body = json.dumps({"id": 1, "email": "user1@mail.test"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def ask(statuses, uid=1):
    """Returns (user or exception, number of requests)."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.hits, server.statuses = 0, list(statuses)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    async def run():
        url = f"http://127.0.0.1:{server.server_port}"
        async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
            return await users_client.fetch_user(client, uid)

    try:
        result = asyncio.run(run())
    except Exception as e:
        result = e
    finally:
        server.shutdown()
        server.server_close()
    return result, server.hits


def test_works():
    assert ask([200]) == ({"id": 1, "email": "user1@mail.test"}, 1)


def test_retries_500():
    assert ask([500, 500, 200]) == ({"id": 1, "email": "user1@mail.test"}, 3)


def test_gives_up():
    error, hits = ask([500, 500, 500, 500, 200])
    assert isinstance(error, httpx.HTTPStatusError)
    assert hits == 4


def test_404_is_not_retried():
    error, hits = ask([404, 200])
    assert isinstance(error, httpx.HTTPStatusError)
    assert error.response.status_code == 404
    assert hits == 1


def test_nobody_there():
    async def run():
        async with httpx.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False) as client:
            await users_client.fetch_user(client, 1)

    try:
        asyncio.run(run())
    except httpx.ConnectError:
        return
    raise AssertionError("no ConnectError")
