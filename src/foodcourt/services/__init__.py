"""Services that a chapter's services talk to."""

from foodcourt.services.mailbox import Mailbox

__all__ = ["Mailbox"]
