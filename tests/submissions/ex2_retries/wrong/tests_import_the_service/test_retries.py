from fastapi.testclient import TestClient

import orders_service
import users_client


def test_orders(monkeypatch):
    async def fake(client, uid):
        return {"id": uid, "email": "a@b.c"}

    monkeypatch.setattr(orders_service, "fetch_user", fake)
    with TestClient(orders_service.app) as client:
        assert client.post("/orders", json={"user_id": 1, "item": "soup"}).status_code == 201
