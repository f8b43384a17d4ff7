from fastapi import FastAPI

from .routes import router


def create_app() -> FastAPI:
    app = FastAPI(title="users-service")
    app.include_router(router)
    return app
