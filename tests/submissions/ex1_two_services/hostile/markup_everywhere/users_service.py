from fastapi import FastAPI, HTTPException

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(1)> ]]> &amp; "
    "\x1b[2J\x1b]0;owned\x07\x1b]8;;http://evil.example\x07click\x1b]8;;\x07 \x9b31m \u202e\u0000 "
    "=cmd|' /C calc'!A0 @SUM(1+1) -2+3 +4\n::error::forged\n::add-mask::passed\n##[command]forged\n::stop-commands::x\r\n"
)
print(EVIL)
app = FastAPI()


@app.get("/health")
async def health():
    print(EVIL)
    return {"status": EVIL}


@app.get("/users/{uid}")
async def user(uid: int):
    raise HTTPException(500, EVIL)


class Evil(Exception):
    pass


@app.get("/{path:path}")
async def other(path: str):
    raise Evil(EVIL)
