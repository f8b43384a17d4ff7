import unittest

import httpx

from users_client import fetch_user


class RetryTest(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.calls = 0
        self.statuses = []
        transport = httpx.MockTransport(self.handle)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://members.local")

    async def asyncTearDown(self):
        await self.client.aclose()

    def handle(self, request):
        status = self.statuses[self.calls] if self.calls < len(self.statuses) else self.statuses[-1]
        self.calls += 1
        return httpx.Response(status, json={"id": 1, "email": "lin@example.com"})

    async def test_no_retry_needed(self):
        self.statuses = [200]
        self.assertEqual((await fetch_user(self.client, 1))["id"], 1)
        self.assertEqual(self.calls, 1)

    async def test_recovers_in_the_last_attempt(self):
        self.statuses = [500, 500, 200]
        self.assertEqual((await fetch_user(self.client, 1))["email"], "lin@example.com")
        self.assertEqual(self.calls, 3)

    async def test_gives_up(self):
        self.statuses = [500]
        with self.assertRaises(httpx.HTTPStatusError):
            await fetch_user(self.client, 1)
        self.assertEqual(self.calls, 3)

    async def test_client_errors_are_final(self):
        for status in (400, 403, 404, 429):
            with self.subTest(status=status):
                self.calls = 0
                self.statuses = [status]
                with self.assertRaises(httpx.HTTPStatusError):
                    await fetch_user(self.client, 1)
                self.assertEqual(self.calls, 1)


if __name__ == "__main__":
    unittest.main()
