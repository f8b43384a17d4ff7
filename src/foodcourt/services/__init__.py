"""What a chapter's services need: how to see that a worker is ready, and a mail server to send to."""

from foodcourt.services.celery import WorkerReady
from foodcourt.services.mailbox import Mailbox

__all__ = ["Mailbox", "WorkerReady"]
