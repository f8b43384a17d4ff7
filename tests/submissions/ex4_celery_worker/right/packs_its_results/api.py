from typing import Annotated, Any

import fastapi
import pydantic
import tasks
from kombu.exceptions import OperationalError
from redis import RedisError

IMPATIENT = dict(socket_connect_timeout=1, socket_timeout=1)
conf = tasks.app.conf
conf.broker_transport_options = IMPATIENT | dict(max_retries=0)
conf.redis_socket_timeout = conf.redis_socket_connect_timeout = 1
conf.result_backend_transport_options = dict(retry_policy=dict(max_retries=0))

app = fastapi.FastAPI()
emails = fastapi.APIRouter(prefix="/emails")
Text = Annotated[str, fastapi.Body()]


class Ticket(pydantic.BaseModel):
    task_id: str


class Progress(Ticket):
    state: str
    result: Any = None


@app.exception_handler(OperationalError)
@app.exception_handler(RedisError)
@app.exception_handler(RuntimeError)
def rail_is_down(request, problem):
    return fastapi.responses.JSONResponse({"detail": f"no Redis ({type(problem).__name__})"}, 503)


@app.get("/health")
def health():
    return {}


@emails.post("", status_code=202)
def order(to: Text, subject: Text) -> Ticket:
    packed = tasks.send_email.apply_async(kwargs=dict(to=to, subject=subject), compression="bzip2", retry=False)
    return Ticket(task_id=packed.id)


@emails.get("/{number}")
def follow(number: str) -> Progress:
    meta = tasks.app.backend.get_task_meta(number)
    progress = Progress(task_id=number, state=meta["status"])
    match progress.state:
        case "SUCCESS":
            progress.result = meta["result"]
        case "FAILURE":
            progress.result = repr(meta["result"])
    return progress


app.include_router(emails)
