import httpx

from users_client import fetch_user

count = 0


def handler(request):
    global count
    count += 1
    return httpx.Response(500)


def test_retries():
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://test")
    user = fetch_user(client, 1)
    assert user


def test_three_times():
    client = httpx.AsyncClient(transport=httpx.MockTransport(handler), base_url="http://test")
    fetch_user(client, 1)
    assert count <= 3
