import httpx
from pydantic import ValidationError

from .errors import UsersBroken, UsersDown, UsersSlow, UserUnknown
from .schemas import User


class UsersClient:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, uid: int) -> User:
        try:
            response = await self._http.get(f"/users/{uid}")
        except httpx.TimeoutException as exc:
            raise UsersSlow("users-service timed out") from exc
        except httpx.NetworkError as exc:
            raise UsersDown("users-service is down") from exc
        except httpx.HTTPError as exc:
            raise UsersBroken("users-service broke the connection") from exc
        if response.status_code == 404:
            raise UserUnknown(f"user {uid} not found")
        if response.is_error:
            raise UsersBroken(f"users-service answered {response.status_code}")
        try:
            return User.model_validate_json(response.text)
        except ValidationError as exc:
            raise UsersBroken("users-service answered nonsense") from exc
