"""A light task that runs twice, as any may: its effect is there once."""

from typing import Any

import pytest

from background.models import DeadLetter
from tests.support.mailbox import Mailbox
from tests.support.processes import Process
from tests.support.recovering import wait_for_all_work
from tests.support.serving import HttpService
from tests.support.source import light_tasks
from tests.tasks.example import FarEnds, LightExample
from tests.tasks.examples import LIGHT_EXAMPLES


@pytest.fixture
def far(worker: Process, mailbox: Mailbox, service: HttpService, settings: Any) -> FarEnds:
    """Far ends that nothing has reached yet; this process mails to the real server too."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    written = len(worker.output)
    return FarEnds(mailbox, service, log=lambda: worker.output[written:])


@pytest.mark.parametrize("example", LIGHT_EXAMPLES, ids=str)
def test_a_light_task_that_runs_twice_has_one_effect(example: LightExample, far: FarEnds) -> None:
    arguments = example.make()
    assert example.effects(far) == 0

    for _ in range(2):
        example.task.call(*arguments)
    wait_for_all_work()
    # And once more, when all that it has started is done.
    example.task.call(*arguments)
    wait_for_all_work()

    assert list(DeadLetter.objects.values_list("task", "error")) == []
    assert example.effects(far) == 1


def test_every_light_task_has_one_example() -> None:
    told = [example.task.module_path for example in LIGHT_EXAMPLES]

    assert sorted(told) == sorted(light_tasks())
