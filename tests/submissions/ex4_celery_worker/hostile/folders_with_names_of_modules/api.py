from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.post("/emails", status_code=202)
async def create(body: dict):
    return {"task_id": "1"}
