from pydantic import BaseModel, ConfigDict, PositiveInt


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class User(Frozen):
    id: int
    email: str


class Health(Frozen):
    status: str


class OrderRequest(Frozen):
    user_id: int
    item: str


class StoredOrder(OrderRequest):
    id: PositiveInt


class OrderResponse(Frozen):
    id: PositiveInt
    item: str
    user: User
