import os, random
from fastapi import FastAPI, Response

app = FastAPI()
P = float(os.environ.get('FAILURE_RATE', '0.3'))
USERS = dict(zip(range(1, 6), ['a@b.de', 'c@d.de', 'e@f.de', 'g@h.de', 'i@j.de']))

@app.get('/health')
def health():
    return dict(status='ok')

@app.get('/users/{uid}')
def user(uid: int, response: Response):
    if random.choices([True, False], weights=[P, 1 - P])[0]:
        response.status_code = 500
        return dict(detail='ouch')
    if uid not in USERS:
        response.status_code = 404
        return dict(detail='who?')
    return dict(id=uid, email=USERS[uid])
