from stall.orders import app

__all__ = ["app"]
