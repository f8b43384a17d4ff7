"""A mail server for the loopback: takes every mail, delivers none, and shows what it got."""

from __future__ import annotations

import email
import email.policy
import threading
import time
from email.message import EmailMessage
from typing import TYPE_CHECKING

from foodcourt.processes import free_port

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

__all__ = ["Mailbox"]


class Mailbox:
    """An SMTP server in this process that keeps the mails it gets, for as long as its block lasts.

    Attributes:
        host: where it listens: loopback only.
        port: a free port.
    """

    def __init__(self) -> None:
        """Listen."""
        from aiosmtpd.controller import Controller

        self._mails: list[EmailMessage] = []
        self._arrived = threading.Condition()
        self.host, self.port = "127.0.0.1", free_port()
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    @property
    def mails(self) -> list[EmailMessage]:
        """All mails so far, in the order in which they came."""
        with self._arrived:
            return list(self._mails)

    def wait_for(self, count: int, within: float = 10.0) -> list[EmailMessage]:
        """Wait up to `within` seconds until `count` mails are there; give those that are."""
        deadline = time.monotonic() + within
        with self._arrived:
            while len(self._mails) < count and (left := deadline - time.monotonic()) > 0:
                self._arrived.wait(left)
            return list(self._mails)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a mail; called by aiosmtpd."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        # SMTP's line ends belong to the wire.
        mail = email.message_from_bytes(content.replace(b"\r\n", b"\n"), policy=email.policy.default)
        with self._arrived:
            self._mails.append(mail)
            self._arrived.notify_all()
        return "250 Message accepted for delivery"

    def close(self) -> None:
        """Stop listening."""
        self._controller.stop()

    def __enter__(self) -> Mailbox:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
