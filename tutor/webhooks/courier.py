"""Carries the outbox out: in the background, several at once, until each message is taken or given up.

Any number of processes may do so over one database: a message is claimed before it is sent. It is sent at least once,
and maybe twice when a process dies in between, so receivers tell repeats by ``webhook-id``.
"""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from tutor.outbound import CallFailed, Outbound
from tutor.state import webhooks
from tutor.state.database import Database
from tutor.state.errors import StateUnwritable
from tutor.state.webhooks import DeliveryRecord, UnknownWebhook
from tutor.webhooks.signing import signed_headers

LOOK_EVERY_S = 5.0
AT_ONCE = 4  # so that one that does not answer does not hold up the others
GONE = 410  # the receiver wants no more of this

logger = logging.getLogger(__name__)


class Courier:
    """Sends what is due, from ``start`` to ``close``.

    Args:
        database: Holds the outbox.
        outbound: The way out.
    """

    def __init__(self, database: Database, outbound: Outbound) -> None:
        self._database = database
        self._outbound = outbound
        self._wanted = threading.Event()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Look every few seconds from now on."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There may be something new."""
        self._wanted.set()

    def close(self) -> None:
        """Stop; what is being sent is finished."""
        self._ended.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join()

    def send_due(self, now: datetime) -> int:
        """Try everything that is due, once; how many messages that were."""
        with self._database.reading() as connection:  # most often there is nothing, and no need to write
            if not webhooks.is_due(connection, now):
                return 0
        with self._database.writing() as connection:
            due = webhooks.claim_due(connection, now, limit=AT_ONCE)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="webhook") as threads:
            list(threads.map(lambda delivery: self._send(delivery, now), due))
        return len(due)

    def _run(self) -> None:
        while not self._ended.is_set():
            try:
                while not self._ended.is_set() and self.send_due(datetime.now(UTC)):
                    pass
            except (SQLAlchemyError, StateUnwritable) as error:
                logger.error("the outbox cannot be read: %s", type(error).__name__)
            self._wanted.wait(LOOK_EVERY_S)
            self._wanted.clear()

    def _send(self, delivery: DeliveryRecord, now: datetime) -> None:
        try:
            with self._database.reading() as connection:
                webhook = webhooks.find(connection, delivery.webhook_id)
        except UnknownWebhook:  # removed since, and its messages with it
            return
        body = delivery.body.encode()
        headers = signed_headers(webhook.secret, delivery.delivery_id, int(now.timestamp()), body)
        status, error = 0, ""
        try:
            status = self._outbound.post_message(webhook.url, body, {**headers, "content-type": "application/json"})
        except CallFailed as failed:
            error = failed.reason
        if not error and not 200 <= status < 300:
            error = f"answered with status {status}"
        with self._database.writing() as connection:
            state = webhooks.settle(connection, delivery, error, now, gone=status == GONE)
        if state == "dead":
            logger.error("webhook %s gave up on %s: %s", webhook.webhook_id, delivery.delivery_id, error)
