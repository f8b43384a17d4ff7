from contextlib import asynccontextmanager

import httpx
from fastapi import FastAPI

from . import errors
from .routes import router
from .settings import Settings
from .store import Store
from .users_client import UsersClient


def create_app(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI):
        async with httpx.AsyncClient(base_url=settings.users_url, timeout=settings.users_timeout) as http:
            app.state.users = UsersClient(http)
            app.state.store = Store()
            yield

    app = FastAPI(title="orders-service", lifespan=lifespan)
    app.include_router(router)
    errors.install(app)

    @app.get("/health", tags=["ops"])
    async def health() -> dict:
        return {"status": "ok"}

    return app
