import logging
import time

from celery import shared_task

from mailer.settings import settings

log = logging.getLogger(__name__)


@shared_task(name="tasks.send_email")
def send_email(to: str, subject: str) -> dict[str, str]:
    log.warning("sending email to %s", to)
    time.sleep(settings.email_seconds)
    return {"to": to, "subject": subject, "status": "sent"}
