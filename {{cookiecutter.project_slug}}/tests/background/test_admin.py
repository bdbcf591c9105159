"""What the admin shows of work in the background."""

import pytest
from django.test import Client
from django.urls import reverse

from background.models import TaskCall, Work
from tests.sample.tasks import break_down

CALLS = "admin:background_taskcall_changelist"


@pytest.mark.django_db
def test_calls_are_found_by_task_argument_and_status(admin_client: Client) -> None:
    TaskCall.objects.create(task=break_down.name, args=["this one"])
    TaskCall.objects.create(task=break_down.name, args=["another"], status=Work.Status.FAILED)

    for query in ({"q": "this one"}, {"status__exact": "PENDING"}):
        answer = admin_client.get(reverse(CALLS), query)

        assert [call.args for call in answer.context["cl"].result_list] == [["this one"]]
