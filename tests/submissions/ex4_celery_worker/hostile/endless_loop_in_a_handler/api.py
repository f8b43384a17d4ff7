from fastapi import FastAPI

app = FastAPI()


@app.get("/health")
async def health():
    while True:
        pass


@app.post("/emails")
async def create():
    while True:
        pass
