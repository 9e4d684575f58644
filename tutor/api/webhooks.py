"""Routes of webhooks: who is told of what, what became of each message, and sending one again."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response

from tutor import integration_schemas as wire
from tutor.api.backend import AtDesk
from tutor.api.documented import error_responses
from tutor.api.json_only import JsonOnly
from tutor.api.paging import page_of
from tutor.api.reading import Cursor, Limit, link_next
from tutor.outbound import CallFailed, allowed_host
from tutor.state import audit, webhooks
from tutor.state.webhooks import DeliveryRecord, WebhookRecord, WebhookRefused

router = APIRouter(prefix="/api/v1/webhooks", route_class=JsonOnly, tags=["webhooks"])

WebhookId = Annotated[str, Path(max_length=64, description="The webhook's id.")]
DeliveryId = Annotated[str, Path(max_length=64, description="The message's id.")]

MAX_WEBHOOKS = 50  # each event looks at all of them; not tuned


@router.get("", operation_id="listWebhooks", summary="List the webhooks", responses=error_responses())
def list_webhooks(desk: AtDesk) -> wire.WebhookList:
    """Who is told of what; for administrators of the whole installation."""
    desk.require_everywhere("administer")
    with desk.backend.database.reading() as connection:
        return wire.WebhookList(webhooks=[_on_wire(each) for each in webhooks.all_webhooks(connection)])


@router.post(
    "",
    operation_id="createWebhook",
    summary="Be told of events",
    status_code=201,
    responses=error_responses(415, 422),
)
def create_webhook(body: wire.NewWebhook, desk: AtDesk, response: Response) -> wire.CreatedWebhook:
    """From now on each of these events is posted there, signed as the Standard Webhooks specification says."""
    desk.require_everywhere("administer")
    try:
        allowed_host(body.url)
    except CallFailed as failed:
        raise WebhookRefused(str(failed)) from failed
    with desk.backend.database.writing() as connection:
        if len(webhooks.all_webhooks(connection)) >= MAX_WEBHOOKS:
            raise WebhookRefused(f"there are {MAX_WEBHOOKS} webhooks already; delete one")
        events = list(dict.fromkeys(body.events))
        record = webhooks.create(connection, body.url, events, body.courses, created_by=desk.caller.actor)
        detail = {"events": list(record.events), "courses": list(record.courses)}
        audit.record(connection, audit.INSTALLATION, desk.caller.actor, "webhook.create", record.webhook_id, detail)
    response.headers["location"] = f"/api/v1/webhooks/{record.webhook_id}/deliveries"
    return wire.CreatedWebhook(**_on_wire(record).model_dump(), secret=record.secret)


@router.delete(
    "/{webhook_id}",
    operation_id="deleteWebhook",
    summary="Be told no more",
    status_code=204,
    responses=error_responses(404, 422),
)
def delete_webhook(webhook_id: WebhookId, desk: AtDesk) -> None:
    """Nothing is sent there any more, what waits included."""
    desk.require_everywhere("administer")
    with desk.backend.database.writing() as connection:
        webhooks.remove(connection, webhook_id)
        audit.record(connection, audit.INSTALLATION, desk.caller.actor, "webhook.delete", webhook_id)


@router.get(
    "/{webhook_id}/deliveries",
    operation_id="listDeliveries",
    summary="What became of the messages",
    responses=error_responses(404, 422),
)
def list_deliveries(
    webhook_id: WebhookId, desk: AtDesk, response: Response, limit: Limit = 50, cursor: Cursor = None
) -> wire.DeliveryPage:
    """The messages of the last days, newest first; those that ended are kept for seven days."""
    desk.require_everywhere("administer")
    with desk.backend.database.reading() as connection:
        webhooks.find(connection, webhook_id)
        found = webhooks.deliveries(connection, webhook_id)
    page, next_cursor = page_of(found, key=lambda each: each.delivery_id, cursor=cursor, limit=limit)
    link_next(desk, response, next_cursor, limit)
    return wire.DeliveryPage(deliveries=[_delivery_on_wire(each) for each in page], next_cursor=next_cursor)


@router.post(
    "/{webhook_id}/deliveries/{delivery_id}/replay",
    operation_id="replayDelivery",
    summary="Send a message again",
    status_code=202,
    responses=error_responses(404, 422),
)
def replay_delivery(webhook_id: WebhookId, delivery_id: DeliveryId, desk: AtDesk) -> wire.Delivery:
    """For a message that was given up, or was taken and lost; it keeps its id."""
    desk.require_everywhere("administer")
    with desk.backend.database.writing() as connection:
        record = webhooks.replay(connection, webhook_id, delivery_id, datetime.now(UTC))
    desk.backend.courier.wake()
    return _delivery_on_wire(record)


def _on_wire(record: WebhookRecord) -> wire.Webhook:
    return wire.Webhook(
        webhook_id=record.webhook_id,
        url=record.url,
        events=list(record.events),
        courses=list(record.courses),
        created_at=record.created_at,
    )


def _delivery_on_wire(record: DeliveryRecord) -> wire.Delivery:
    return wire.Delivery(
        delivery_id=record.delivery_id,
        event=record.event,
        course_id=record.course_id,
        state=record.state,
        attempts=record.attempts,
        last_error=record.last_error,
        next_at=record.next_at if record.state == "pending" else None,
        created_at=record.created_at,
    )
