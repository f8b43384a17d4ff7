from celery import Celery

from mailer.settings import settings


def make_app() -> Celery:
    celery = Celery("mailer", broker=settings.redis_url, backend=settings.redis_url, include=["mailer.jobs"])
    celery.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        result_expires=3600,
    )
    celery.set_default()
    return celery
