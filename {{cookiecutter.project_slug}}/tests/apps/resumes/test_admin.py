"""Resumes in the admin."""

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.resumes import services
from tests.apps.resumes.conftest import Upload


@pytest.mark.parametrize("kind", ["resume", "virusscan", "wishes"])
def test_the_admin_lists_and_finds_them(
    admin_client: Client, upload: Upload, seeker: User, kind: str
) -> None:
    upload()
    services.change_wishes(seeker, years=3)

    answer = admin_client.get(reverse(f"admin:resumes_{kind}_changelist"), {"q": seeker.email})

    assert answer.status_code == 200
    assert answer.context["cl"].result_count == 1
