"""Message brokers: the one that the environment names, else a real one that is started for us and ends with us."""

from foodcourt.brokers.redis import Redis, redis_broker

__all__ = ["Redis", "redis_broker"]
