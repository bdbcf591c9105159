"""The project keeps its rules, and each rule is shown to see what breaks it."""

import ast
from textwrap import dedent

import pytest

from config.paths import BASE_DIR
from tests.architecture import rules
from tests.architecture.rules import Held, Rule


@pytest.mark.parametrize("held", rules.RULES, ids=lambda held: held.rule.__name__)
def test_the_project_keeps_the_rule(held: Held) -> None:
    assert list(rules.violations(held, BASE_DIR)) == []


@pytest.mark.parametrize("held", rules.RULES, ids=lambda held: held.rule.__name__)
def test_the_rule_holds_in_files_that_are_there(held: Held) -> None:
    assert any(list(BASE_DIR.glob(pattern)) for pattern in held.files)


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        (rules.parameters_that_are_no_json, "@shared_task\ndef close(job: Job) -> None: ..."),
        (rules.parameters_that_are_no_json, "@shared_task\ndef close(job_id) -> None: ..."),
        (rules.parameters_that_are_no_json, "@shared_task\ndef close(job: Any) -> None: ..."),
        (rules.parameters_that_are_no_json, "@app.task\ndef close(at: datetime) -> None: ..."),
        (rules.parameters_that_are_no_json, "@task()\ndef close(*, jobs: list[Job]) -> None: ..."),
        (
            rules.parameters_that_are_no_json,
            "@shared_task(base=BackgroundTask)\ndef close(job: int | Job) -> None: ...",
        ),
        (
            rules.parameters_that_are_no_json,
            "@shared_task(bind=True)\ndef close(self, job: Job) -> None: ...",
        ),
        (rules.waits_for_results, "@shared_task\ndef all():\n    one.delay(1).get()"),
        (rules.waits_for_results, "@shared_task\ndef all():\n    AsyncResult(id).wait()"),
        (
            rules.waits_for_results,
            "@shared_task\ndef all():\n    group = many.apply_async()\n    group.join()",
        ),
        (rules.imports_of_models, "from apps.jobs.models import Job"),
        (rules.imports_of_models, "from apps.jobs import cache, models"),
        (rules.imports_of_models, "import apps.jobs.models"),
        (rules.sends_by_name, "app.send_task('apps.jobs.tasks.close', [1])"),
        (rules.sends_past_the_commit, "close.delay(1)"),
        (rules.sends_past_the_commit, "close.apply_async([1], countdown=60)"),
        (rules.sends_past_the_commit, "close.s(1).delay()"),
        (rules.whole_tables, "for job in Job.objects.all(): ..."),
        (rules.whole_tables, "[job.pk for job in Job.objects.all()]"),
        (rules.whole_tables, "jobs = list(Job._default_manager.all())"),
        (rules.caches_for_ever, "cache.set('jobs', [], timeout=None)"),
        (rules.caches_for_ever, "caches['sessions'].get_or_set('jobs', find, timeout=None)"),
    ],
)
def test_what_breaks_the_rule_is_seen(rule: Rule, bad: str) -> None:
    assert len(list(rule(ast.parse(bad)))) == 1


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        (
            rules.parameters_that_are_no_json,
            """
            @shared_task(bind=True)
            def close(
                self: Any, job_id: int, at: str | None = None, *, why: Mapping[str, Any]
            ) -> None: ...

            @task(takes_context=True)
            def note(context, ids: Sequence[int]) -> None: ...

            @work_task("jobs.Import")
            def read(imported: "Import") -> None: ...

            def service(job: Job) -> None: ...
            """,
        ),
        (
            rules.waits_for_results,
            """
            @shared_task
            def close(job_id: int) -> None:
                job = Job.objects.get(pk=job_id)
                names = ", ".join(settings.get("names"))
                thread.join()

            def ask(job_id: int) -> None:
                close.delay(job_id).get()
            """,
        ),
        (
            rules.imports_of_models,
            """
            from apps.jobs import cache, expiry

            if TYPE_CHECKING:
                from apps.jobs.models import Job

            def close(job_id: int) -> None:
                from apps.jobs.models import Job
            """,
        ),
        (rules.sends_by_name, "close.delay_on_commit(1)"),
        (
            rules.sends_past_the_commit,
            "close.delay_on_commit(1); close.apply_async_on_commit([1]); note.enqueue(1)",
        ),
        (
            rules.whole_tables,
            """
            for job in Job.objects.all().iterator(): ...
            for job in Job.objects.all()[:100]: ...
            jobs = list(Job.objects.filter(status="ACTIVE"))
            queryset = Job.objects.all()
            """,
        ),
        (rules.caches_for_ever, "cache.set('jobs', [], timeout=60); process.wait(timeout=None)"),
    ],
    ids=lambda value: getattr(value, "__name__", "good"),
)
def test_what_keeps_the_rule_is_let_be(rule: Rule, good: str) -> None:
    assert list(rule(ast.parse(dedent(good)))) == []
