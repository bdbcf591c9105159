"""What the webhook endpoints take and answer."""

import httpx
from rest_framework import serializers

from apps.webhooks.addresses import is_private_host
from apps.webhooks.events import Event
from apps.webhooks.models import URL_LENGTH, Attempt, Subscription
from background.serializers import WorkSerializer

PORTS = range(1, 65536)


def validate_url(url: str) -> None:
    """Refuse what webhooks can't be sent to, as far as it shows in the URL itself.

    What its name leads to is asked at each connection, since that may change.
    """
    try:
        parsed = httpx.URL(url)
        is_private = is_private_host(parsed.raw_host.decode("ascii"))
    except (httpx.InvalidURL, ValueError) as error:
        raise serializers.ValidationError("Enter a valid URL.") from error
    if parsed.port is not None and parsed.port not in PORTS:
        raise serializers.ValidationError("Enter a port between 1 and 65535.")
    if parsed.scheme not in {"http", "https"} or not parsed.raw_host:
        raise serializers.ValidationError("Enter a URL that begins with https:// or http://.")
    if parsed.userinfo:
        raise serializers.ValidationError("A URL with a name or a password is not taken.")
    if is_private:
        raise serializers.ValidationError("Webhooks go to public addresses only.")


class SubscriptionSerializer(serializers.ModelSerializer[Subscription]):
    """An address, and the events that it hears of."""

    url = serializers.CharField(max_length=URL_LENGTH, validators=[validate_url])
    events = serializers.ListField(
        child=serializers.ChoiceField(choices=list(Event)), allow_empty=False, max_length=len(Event)
    )

    class Meta:
        model = Subscription
        fields: tuple[str, ...] = ("id", "url", "events", "is_active", "created_at")
        read_only_fields: tuple[str, ...] = ("is_active",)

    def validate_events(self, events: list[str]) -> list[str]:
        """Each event once."""
        return sorted(set(events))


class NewSubscriptionSerializer(SubscriptionSerializer):
    """A new subscription with the secret of its signatures, which is not shown again."""

    class Meta(SubscriptionSerializer.Meta):
        fields = (*SubscriptionSerializer.Meta.fields, "secret")
        read_only_fields = fields


class SubscriptionChangeSerializer(SubscriptionSerializer):
    """Changes to a subscription; `is_active` false lets it rest."""

    class Meta(SubscriptionSerializer.Meta):
        read_only_fields = ()


class AttemptSerializer(serializers.ModelSerializer[Attempt]):
    """One try; without status and problem when nobody knows how it ended."""

    class Meta:
        model = Attempt
        fields = ("number", "at", "http_status", "problem", "milliseconds")
        read_only_fields = fields


class DeliverySerializer(WorkSerializer):
    """An event on its way, with every attempt; its id is the `webhook-id` that was sent."""

    event = serializers.CharField(read_only=True)
    attempts = AttemptSerializer(many=True, read_only=True, source="history")
