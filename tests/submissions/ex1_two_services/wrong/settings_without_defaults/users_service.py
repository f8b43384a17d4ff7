import sqlite3

from fastapi import FastAPI, HTTPException

db = sqlite3.connect(":memory:", check_same_thread=False)
db.row_factory = sqlite3.Row
db.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL)")
db.executemany("INSERT INTO users (email) VALUES (?)", [("p@example.org",), ("q@example.org",), ("r@example.org",)])

app = FastAPI()


@app.get("/health")
async def health():
    return {"status": "ok"}


@app.get("/users/{uid}")
async def get_user(uid: int):
    try:
        row = db.execute("SELECT id, email FROM users WHERE id = ?", (uid,)).fetchone()
    except OverflowError:
        row = None
    if row is None:
        raise HTTPException(404, "no such user")
    return dict(row)
