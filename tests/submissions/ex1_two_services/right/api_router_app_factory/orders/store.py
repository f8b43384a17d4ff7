from .schemas import OrderIn


class Store:
    def __init__(self) -> None:
        self._orders: list[OrderIn] = []

    def add(self, order: OrderIn) -> int:
        self._orders.append(order)
        return len(self._orders)

    def find(self, oid: int) -> OrderIn | None:
        if 1 <= oid <= len(self._orders):
            return self._orders[oid - 1]
        return None
