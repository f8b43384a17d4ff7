import os

broker_url = result_backend = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
broker_connection_retry_on_startup = True
task_default_queue = "emails"
task_acks_late = True
task_reject_on_worker_lost = True
task_time_limit = 60
task_serializer = "json"
result_serializer = "json"
accept_content = ["json"]
timezone = "Europe/Berlin"
worker_concurrency = 2
worker_prefetch_multiplier = 1
worker_max_tasks_per_child = 50
result_backend_transport_options = {"retry_policy": {"max_retries": 3, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.2}}
