from collections import deque

import httpx


class FakeDesk:
    def __init__(self):
        self.plan = deque()
        self.seen = []

    def then(self, *answers):
        self.plan.extend(answers)
        return self

    def __call__(self, request):
        self.seen.append(request.url.path)
        answer = self.plan.popleft()
        if isinstance(answer, dict):
            return httpx.Response(200, json=answer)
        if isinstance(answer, int):
            return httpx.Response(answer, text="no")
        raise answer
