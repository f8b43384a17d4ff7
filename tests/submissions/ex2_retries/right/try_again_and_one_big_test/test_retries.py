import asyncio, httpx, users_client

def test_everything():
    def run(*answers):
        left = list(answers)
        n = 0
        def handler(request):
            nonlocal n
            n += 1
            return httpx.Response(left.pop(0), json={"id": 1, "email": "u1@x.org"})
        async def main():
            async with httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://x") as c:
                return await users_client.fetch_user(c, 1)
        try:
            return asyncio.run(main()), n
        except httpx.HTTPStatusError as e:
            return e.response.status_code, n

    ok = {"id": 1, "email": "u1@x.org"}
    assert run(200) == (ok, 1)
    assert run(500, 200) == (ok, 2)
    assert run(500, 500, 200) == (ok, 3)
    assert run(500, 500, 500, 200) == (500, 3)
    assert run(404, 200) == (404, 1)
    assert run(400, 200) == (400, 1)
    assert run(500, 404, 200) == (404, 2)
