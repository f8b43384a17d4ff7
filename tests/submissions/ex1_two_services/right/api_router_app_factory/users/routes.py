from fastapi import APIRouter, HTTPException

from .models import User
from .repository import UserRepository

router = APIRouter()
repository = UserRepository()


@router.get("/health")
async def health() -> dict:
    return {"status": "ok"}


@router.get("/users/{uid}")
async def get_user(uid: int) -> User:
    user = repository.get(uid)
    if user is None:
        raise HTTPException(status_code=404, detail=f"user {uid} not found")
    return user
