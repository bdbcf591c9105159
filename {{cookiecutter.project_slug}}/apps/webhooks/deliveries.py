"""Bringing one event to one receiver, and what follows from the answer."""

from time import monotonic

from django.utils import timezone
from django.utils.http import parse_http_date_safe
from httpx import codes

from apps.webhooks.exchange import Answer, post
from apps.webhooks.models import Attempt, Delivery, Subscription
from apps.webhooks.signing import signed_headers
from background.database import patiently
from background.errors import PermanentError, TransientError
from background.lifecycle import explain

TRY_AGAIN = {codes.REQUEST_TIMEOUT, codes.TOO_MANY_REQUESTS}
# Whatever a receiver asks for, it is left alone for an hour at most (seconds).
LONGEST_WAIT = 3600.0


def deliver(delivery: Delivery) -> None:
    """Send a delivery to its receiver, and note the attempt however it ends.

    One whose answer was lost is sent again with the same id and body, by which the receiver tells
    them apart from others. Raises PermanentError when the receiver does not want it, or may not
    have it any more; TransientError when it may take it later.
    """
    subscription = _receiver(delivery)
    attempt = Attempt.objects.create(delivery=delivery, number=delivery.attempts)
    delivery.ensure_lease()
    started = monotonic()
    try:
        answer = _send(delivery, subscription)
        attempt.http_status = answer.status
        _follow(answer, subscription)
    except Exception as error:
        attempt.problem = explain(error)
        raise
    finally:
        attempt.milliseconds = round((monotonic() - started) * 1000)
        # The receiver has it by now: whoever waits for the database need not send it again.
        patiently(attempt.save)


def _receiver(delivery: Delivery) -> Subscription:
    """Who is to get it, which may have changed since. Raises PermanentError when nobody is."""
    subscriptions = Subscription.objects.select_related("owner")
    subscription = subscriptions.filter(deliveries=delivery).first()
    if subscription is None:
        raise PermanentError("The webhook was deleted.")
    if not (subscription.is_active and subscription.owner.is_active):
        raise PermanentError("The webhook is not active any more.")
    return subscription


def _send(delivery: Delivery, subscription: Subscription) -> Answer:
    signature = signed_headers(subscription.secret, str(delivery.pk), timezone.now(), delivery.body)
    headers = {"Content-Type": "application/json", "User-Agent": "webhooks"} | signature
    return post(subscription.url, delivery.body.encode(), headers)


def _follow(answer: Answer, subscription: Subscription) -> None:
    """Return when the receiver has taken it. Raises PermanentError and TransientError."""
    status = answer.status
    if codes.is_success(status):
        return
    if codes.is_server_error(status) or status in TRY_AGAIN:
        raise TransientError(
            f"The receiver is busy or broken ({status})", retry_after=_wait(answer.retry_after)
        )
    if status == codes.GONE:
        _deactivate(subscription)
        raise PermanentError("The receiver wants no more of them (410), so its webhook ends.")
    if codes.is_redirect(status):
        raise PermanentError(f"The receiver is elsewhere ({status}); redirects are not followed.")
    raise PermanentError(f"The receiver refused it ({status}).")


def _deactivate(subscription: Subscription) -> None:
    """End a subscription, unless it got another address meanwhile."""
    Subscription.objects.filter(pk=subscription.pk, url=subscription.url).update(is_active=False)


def _wait(retry_after: str) -> float:
    """How many seconds a receiver asks to be left alone, which it gives as such or as a date."""
    if retry_after.isdecimal():
        return min(float(retry_after), LONGEST_WAIT)
    date = parse_http_date_safe(retry_after)
    wait = date - timezone.now().timestamp() if date else 0.0
    return min(max(wait, 0.0), LONGEST_WAIT)
