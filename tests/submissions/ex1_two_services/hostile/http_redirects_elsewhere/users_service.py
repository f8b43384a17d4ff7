import itertools

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

app = FastAPI()
places = itertools.cycle(["file:///etc/passwd", "http://127.0.0.1:22/", "/health", "//evil.example/", "http://[::1]:1/", "gopher://x"])


@app.get("/{path:path}")
async def anywhere(path: str):
    return RedirectResponse(next(places), 307)
