from fastapi import APIRouter, Request

from .errors import OrderUnknown
from .schemas import OrderIn, OrderOut

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("", status_code=201)
async def create(order: OrderIn, request: Request) -> OrderOut:
    state = request.app.state
    user = await state.users.get(order.user_id)
    oid = state.store.add(order)
    return OrderOut(id=oid, item=order.item, user=user)


@router.get("/{oid}")
async def read(oid: int, request: Request) -> OrderOut:
    state = request.app.state
    order = state.store.find(oid)
    if order is None:
        raise OrderUnknown(f"order {oid} not found")
    return OrderOut(id=oid, item=order.item, user=await state.users.get(order.user_id))
