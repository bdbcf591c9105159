"""What the payment endpoints take and answer."""

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from rest_framework import serializers

from apps.accounts.models import User
from apps.jobs.models import Job
from background.serializers import WorkSerializer

# More than this, in the minor unit, is a slip of the keyboard.
LARGEST_PAYOUT = 1_000_000


class PaySerializer(serializers.Serializer[Any]):
    """A posting of one's own to be featured, and what to charge for it."""

    job = serializers.PrimaryKeyRelatedField(
        queryset=Job.objects.all(), pk_field=serializers.IntegerField()
    )
    card = serializers.CharField(
        max_length=255,
        validators=[
            RegexValidator(
                r"\Apm_[A-Za-z0-9_]+\Z",
                "Give the gateway's token, such as pm_card_visa, and never a card's number.",
            )
        ],
        help_text="The payment gateway's token for a card, such as pm_card_visa.",
    )


class PaymentSerializer(WorkSerializer):
    """A payment; COMPLETE once the card was charged and the posting is featured."""

    job = serializers.IntegerField(source="job_id", read_only=True)
    amount = serializers.IntegerField(read_only=True, help_text="In the minor unit.")
    currency = serializers.CharField(read_only=True)
    in_doubt = serializers.BooleanField(
        source="is_in_doubt",
        read_only=True,
        help_text="FAILED, but the card may have been charged: somebody looks it up.",
    )


class OrderPayoutSerializer(serializers.Serializer[Any]):
    """Whom to pay, how much, and what for."""

    user = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True), pk_field=serializers.IntegerField()
    )
    amount = serializers.IntegerField(
        min_value=1, max_value=LARGEST_PAYOUT, help_text="In the minor unit, such as cents."
    )
    currency = serializers.ChoiceField(choices=settings.PAYOUT_CURRENCIES)
    reason = serializers.CharField(max_length=200)


class PayoutSerializer(WorkSerializer):
    """A payout; COMPLETE once the money was sent."""

    user = serializers.IntegerField(source="user_id", read_only=True)
    amount = serializers.IntegerField(read_only=True, help_text="In the minor unit.")
    currency = serializers.CharField(read_only=True)
    reason = serializers.CharField(read_only=True)


class KeyReusedSerializer(serializers.Serializer[Any]):
    """Why a key is refused that came with another request before."""

    detail = serializers.CharField()
