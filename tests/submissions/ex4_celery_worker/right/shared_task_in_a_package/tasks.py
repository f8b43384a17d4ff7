"""What `celery -A tasks worker` looks for."""

from mailer.celery_app import make_app

app = make_app()

__all__ = ["app"]
