"""Message brokers: the one that the environment names, else a real one that is started for us and ends with us."""

from foodcourt.brokers.kafka import Kafka, kafka_broker
from foodcourt.brokers.rabbitmq import RabbitMQ, rabbitmq_broker
from foodcourt.brokers.redis import Redis, redis_broker

__all__ = ["Kafka", "RabbitMQ", "Redis", "kafka_broker", "rabbitmq_broker", "redis_broker"]
