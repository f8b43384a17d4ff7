from pydantic import BaseModel


class User(BaseModel):
    id: int
    email: str


class OrderIn(BaseModel):
    user_id: int
    item: str


class OrderOut(BaseModel):
    id: int
    item: str
    user: User
