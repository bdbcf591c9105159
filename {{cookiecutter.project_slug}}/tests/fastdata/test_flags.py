"""Feature flags: switched in the admin, read from the cache."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from fastdata.flags import FLAG_SECONDS, is_enabled
from fastdata.models import FeatureFlag
from tests.fastdata.keys import seconds_left

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_flag_that_nobody_made_is_off_until_it_is_made() -> None:
    assert is_enabled("letters") is False

    FeatureFlag.objects.create(name="letters", enabled=True)

    assert is_enabled("letters") is True


def test_a_flag_is_read_from_the_cache(django_assert_num_queries: Any) -> None:
    FeatureFlag.objects.create(name="letters", enabled=True)
    is_enabled("letters")

    with django_assert_num_queries(0):
        assert is_enabled("letters")
    assert cache.get("feature:letters:enabled") is True
    assert 0 < seconds_left("feature:letters:enabled") <= FLAG_SECONDS


def test_a_deleted_flag_is_off() -> None:
    flag = FeatureFlag.objects.create(name="letters", enabled=True)
    assert is_enabled("letters")

    flag.delete()

    assert not is_enabled("letters")


def test_a_switch_counts_once_it_is_committed() -> None:
    flag = FeatureFlag.objects.create(name="letters")
    is_enabled("letters")

    with transaction.atomic():
        flag.enabled = True
        flag.save()
        assert cache.get("feature:letters:enabled") is False

    assert is_enabled("letters")


def test_staff_switch_flags_in_the_list(admin_client: Client) -> None:
    flag = FeatureFlag.objects.create(name="letters")
    is_enabled("letters")
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save"}

    answer = admin_client.post(
        reverse("admin:fastdata_featureflag_changelist"),
        form | {"form-0-id": flag.pk, "form-0-enabled": "on"},
    )

    assert answer.status_code == 302
    assert is_enabled("letters")


def test_a_flag_keeps_its_name(admin_client: Client) -> None:
    flag = FeatureFlag.objects.create(name="letters")

    admin_client.post(
        reverse("admin:fastdata_featureflag_change", args=[flag.pk]),
        {"name": "other", "enabled": "on"},
    )

    flag.refresh_from_db()
    assert (flag.name, flag.enabled) == ("letters", True)


@pytest.mark.usefixtures("broken_cache")
def test_without_the_cache_the_row_is_asked() -> None:
    FeatureFlag.objects.create(name="letters", enabled=True)

    assert is_enabled("letters")
