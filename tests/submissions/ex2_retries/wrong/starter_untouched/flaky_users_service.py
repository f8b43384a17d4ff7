"""flaky users-service: the membership desk on a bad day. Now and then it drops a question and answers 500.

Work through the TODOs in order, 1 to 4 here, then go on in users_client.py.
The README next to this file says exactly what each route must answer.
"""

from fastapi import FastAPI, HTTPException

app = FastAPI(title="flaky users-service")

# The members, as in exercise 1.
USERS = {
    1: {"id": 1, "email": "ada@example.com"},
    2: {"id": 2, "email": "grace@example.com"},
    3: {"id": 3, "email": "alan@example.com"},
}


@app.get("/health")
async def health():
    # TODO 1: Return {"status": "ok"}. The desk is open, however bad its day is: this route never fails.
    raise HTTPException(501, "TODO 1 in flaky_users_service.py: answer the health check")


# TODO 2: How bad is the day? Import os, and read FAILURE_RATE from the environment as a float: 0 never fails, 1
#         always does. The 0.3 stays as what it is when nobody sets it.
FAILURE_RATE = 0.3


@app.get("/users/{uid}")
async def read_user(uid):
    # TODO 3: Say that uid is an int, and answer as in exercise 1: the entry of USERS, or a 404.
    # TODO 4: Before that, throw the dice: random.random() gives a new number from 0 up to, but not including, 1 on
    #         each call. Is it below FAILURE_RATE? Then raise an HTTPException with status 500.
    raise HTTPException(501, "TODO 2 to 4 in flaky_users_service.py: look up the user, unless the dice say no")
