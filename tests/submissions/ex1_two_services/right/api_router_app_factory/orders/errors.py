from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse


class OrdersError(Exception):
    status = 500


class UserUnknown(OrdersError):
    status = 404


class OrderUnknown(OrdersError):
    status = 404


class UsersBroken(OrdersError):
    status = 502


class UsersDown(OrdersError):
    status = 503


class UsersSlow(OrdersError):
    status = 504


async def answer(request: Request, exc: OrdersError) -> JSONResponse:
    return JSONResponse({"detail": str(exc)}, status_code=exc.status)


def install(app: FastAPI) -> None:
    app.add_exception_handler(OrdersError, answer)
