"""What `uvicorn api:app` looks for."""

from fastapi import FastAPI
from mailer.routes import router

app = FastAPI(title="mailer")
app.include_router(router)
