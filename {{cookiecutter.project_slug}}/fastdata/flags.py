"""Feature flags: rows that staff switch in the admin, read from the cache."""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from fastdata import cache
from fastdata.models import FeatureFlag

FLAG_SECONDS = 300


def flag_key(name: str) -> str:
    """Where it is kept whether a feature is on."""
    return f"feature:{name}:enabled"


def is_enabled(name: str) -> bool:
    """Whether a feature is on, cache first; one that nobody made a flag for is off."""
    return cache.get_or_compute(
        flag_key(name),
        FeatureFlag.objects.filter(name=name, enabled=True).exists,
        ttl=FLAG_SECONDS,
    )


@receiver([post_save, post_delete], sender=FeatureFlag)
def forget_on_commit(instance: FeatureFlag, **signal: Any) -> None:
    """Let everybody see a switched flag once the switch is committed."""
    transaction.on_commit(partial(cache.forget, flag_key(instance.name)), robust=True)
