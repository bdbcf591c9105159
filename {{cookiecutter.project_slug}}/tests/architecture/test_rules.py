"""The project keeps its rules, and each rule is shown to see what breaks it."""

import ast
from pathlib import Path
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
        (rules.parameters_that_are_no_json, "@shared_task\ndef close(*jobs: Job) -> None: ..."),
        (rules.parameters_that_are_no_json, "@shared_task\ndef close(**jobs: Job) -> None: ..."),
        (
            rules.parameters_that_are_no_json,
            "@shared_task(bind=False)\ndef close(job: Job) -> None: ...",
        ),
        (
            rules.parameters_that_are_no_json,
            "class Close(BackgroundTask):\n    def run(self, job: Job) -> None: ...",
        ),
        (
            rules.parameters_that_are_no_json,
            "class Close(celery.Task):\n    def run(self, job_id: int, job) -> None: ...",
        ),
        (rules.waits_for_results, "@shared_task\ndef all():\n    one.delay(1).get()"),
        (rules.waits_for_results, "def all():\n    return one.delay(1).get(timeout=5)"),
        (rules.waits_for_results, "def all():\n    AsyncResult(id).wait()"),
        (rules.waits_for_results, "def all():\n    group = many.apply_async()\n    group.join()"),
        (rules.waits_for_results, "def all():\n    one: Any = close.delay(1)\n    one.get()"),
        (rules.waits_for_results, "def all():\n    if one := close.delay(1):\n        one.get()"),
        (rules.waits_for_results, "def all():\n    (one := close.delay(1)).get()"),
        (rules.waits_for_results, "def all():\n    group(close.s(1), close.s(2))().join()"),
        (rules.waits_for_results, "def all():\n    done = chord(many)(last.s())\n    done.get()"),
        (
            rules.waits_for_results,
            "class All:\n    def run(self):\n        self.one = close.delay(1)\n"
            "    def end(self):\n        self.one.get()",
        ),
        (
            rules.waits_for_results,
            "def all():\n    many = [one.delay(i) for i in ids]\n    [each.get() for each in many]",
        ),
        (
            rules.waits_for_results,
            "def all():\n    for each in (one.delay(1), one.delay(2)):\n        each.get()",
        ),
        (rules.waits_for_results, "def all():\n    many = [one.delay(1)]\n    many[0].get()"),
        (rules.waits_for_results, "def all():\n    [one.delay(i) for i in ids][-1].get()"),
        (rules.waits_for_results, "many = [one.delay(1)]\nfor each in many: each.wait()"),
        (rules.waits_for_results, "def all():\n    one = close.delay(1)\n    list(one.collect())"),
        (rules.waits_for_results, "def all():\n    ResultSet(many).iterate()"),
        (rules.waits_for_results, "def all():\n    dict(group(many)().iter_native())"),
        (rules.imports_of_models, "from apps.jobs.models import Job"),
        (rules.imports_of_models, "from apps.jobs import cache, models"),
        (rules.imports_of_models, "import apps.jobs.models"),
        (rules.imports_of_models, "from . import models"),
        (rules.imports_of_models, "from .models import Job"),
        (rules.imports_of_models, "try:\n    from . import models\nexcept ImportError: ..."),
        (rules.imports_of_models, "try: ...\nexcept ImportError:\n    from . import models"),
        (rules.imports_of_models, "if settings.DEBUG:\n    from apps.jobs.models import Job"),
        (rules.sends_by_name, "app.send_task('apps.jobs.tasks.close', [1])"),
        (rules.sends_by_name, "on_commit(partial(app.send_task, 'apps.jobs.tasks.close'))"),
        (rules.sends_by_name, "send = current_app.send_task"),
        (rules.sends_past_the_commit, "close.delay(1)"),
        (rules.sends_past_the_commit, "close.apply_async([1], countdown=60)"),
        (rules.sends_past_the_commit, "close.s(1).delay()"),
        (rules.sends_past_the_commit, "later(partial(close.delay, 1))"),
        (rules.sends_past_the_commit, "transaction.on_commit(close.delay)"),
        (rules.sends_past_the_commit, "transaction.on_commit(partial(close.apply_async, [1]))"),
        (rules.sends_past_the_commit, "group(close.s(1), close.s(2))()"),
        (rules.sends_past_the_commit, "celery.chain(find.s(1), tell.s())()"),
        (rules.sends_past_the_commit, "chord(close.s(job) for job in jobs)(tell.s())"),
        (rules.sends_past_the_commit, "(find.s(1) | tell.s())()"),
        (rules.whole_tables, "for job in Job.objects.all(): ..."),
        (rules.whole_tables, "async def all():\n    async for job in Job.objects.all(): ..."),
        (rules.whole_tables, "[job.pk for job in Job.objects.all()]"),
        (rules.whole_tables, "jobs = list(Job._default_manager.all())"),
        (rules.whole_tables, "for job in Job.objects.order_by('pk'): ..."),
        (rules.whole_tables, "{job.pk for job in Job.objects.all().order_by('pk')}"),
        (rules.whole_tables, "ids = list(Job.objects.values_list('pk', flat=True))"),
        (rules.whole_tables, "number = len(Job.objects.all())"),
        (rules.whole_tables, "for job in Job.objects.prefetch_related('history'): ..."),
        (rules.whole_tables, "for city in Job.objects.values('city').distinct(): ..."),
        (rules.whole_tables, "for job in Job.objects.annotate(number=Count('applications')): ..."),
        (rules.whole_tables, "jobs = Job.objects.all()\nfor job in jobs.order_by('pk'): ..."),
        (rules.whole_tables, "for job in Job.objects.using('other').select_for_update(): ..."),
        (rules.whole_tables, "for place, job in enumerate(Job.objects.all()): ..."),
        (rules.whole_tables, "names = dict(Job.objects.values_list('pk', 'name'))"),
        (rules.whole_tables, "for jobs in batched(Job.objects.all(), 100): ..."),
        (rules.whole_tables, "found = zip(places, Job.objects.all())"),
        (rules.whole_tables, "jobs = [*Job.objects.all()]"),
        (rules.whole_tables, "close(*Job.objects.all())"),
        (rules.whole_tables, "jobs = Job.objects.in_bulk()"),
        (rules.whole_tables, "jobs = Job.objects.all().in_bulk(field_name='slug')"),
        (
            rules.whole_tables,
            "def all():\n    jobs = Job.objects.all()\n    for job in jobs:\n        job.close()",
        ),
        (
            rules.whole_tables,
            "def all():\n    jobs: Any = Job.objects.order_by('pk')\n    return list(jobs)",
        ),
        (rules.caches_for_ever, "cache.set('jobs', [], timeout=None)"),
        (rules.caches_for_ever, "cache.set('jobs', [], None)"),
        (rules.caches_for_ever, "cache.set_many({'jobs': []}, None)"),
        (rules.caches_for_ever, "await cache.aset('jobs', [], timeout=None)"),
        (rules.caches_for_ever, "await cache.aadd('jobs', [], None)"),
        (rules.caches_for_ever, "await cache.aget_or_set('jobs', find, None)"),
        (rules.caches_for_ever, "cache.touch('jobs', None)"),
        (rules.caches_for_ever, "@cache_page(None)\ndef jobs(request): ..."),
        (rules.caches_for_ever, "caches['sessions'].get_or_set('jobs', find, timeout=None)"),
        (rules.caches_for_ever, "cache.persist('jobs')"),
        (rules.checks_without_a_hint, "Error('It is gone', obj=job, id='jobs.E001')"),
        (rules.checks_without_a_hint, "[CheckWarning('It is gone', id='jobs.W001')]"),
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

            class Close(BackgroundTask):
                def run(self, job_id: int) -> None: ...
                def close(self, job: Job) -> None: ...

            class Closing(Thread):
                def run(self, job: Job) -> None: ...

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

            def ask(job_id: int) -> str:
                result = close.delay(job_id)
                return result.id

            def ask_all(job_ids: list[int]) -> list[str]:
                results = [close.delay(job_id) for job_id in job_ids]
                return [result.id for result in results]

            def read(results: list[Any]) -> str:
                results[0] = close.delay(1)
                result = results[1].get("answer")
                return cache.get("result") or result.get()
            """,
        ),
        (
            rules.imports_of_models,
            """
            from apps.jobs import cache, expiry

            if TYPE_CHECKING:
                from apps.jobs.models import Job

            class Closing:
                def run(self) -> None:
                    from . import models

            def close(job_id: int) -> None:
                from apps.jobs.models import Job
            """,
        ),
        (rules.sends_by_name, "close.delay_on_commit(1)"),
        (
            rules.sends_past_the_commit,
            """
            close.delay_on_commit(1); close.apply_async_on_commit([1]); note.enqueue(1)
            group_on_commit(close.s(1)); on_commit(partial(forget, 1)); on_commit()
            found = chain(one, two); name = match.group(1); wait(self.delay)
            """,
        ),
        (
            rules.whole_tables,
            """
            for job in Job.objects.all().iterator(): ...
            for job in Job.objects.all()[:100]: ...
            jobs = list(Job.objects.filter(status="ACTIVE"))
            queryset = Job.objects.all()
            for pk in Job.objects.values_list("pk", flat=True).iterator(chunk_size=500): ...
            for jobs in batched(Job.objects.order_by("pk").iterator(), 100): ...
            ids = list(Job.objects.order_by("pk").values_list("pk")[:100])
            jobs = list(Job.objects.order_by("pk").filter(status="ACTIVE"))
            numbers = list(Job.objects.values_list("status").annotate(Count("pk")).order_by())
            for status in Job.objects.values("status").annotate(Count("pk")): ...
            for place, job in enumerate(Job.objects.all()[:100]): ...
            jobs = [*Job.objects.filter(status="ACTIVE")]
            jobs = Job.objects.in_bulk(job_ids); named = Job.objects.in_bulk(id_list=job_ids)
            for job in Job.objects.active(): ...

            def of(employer: User | None) -> list[Job]:
                jobs = Job.objects.all()
                if employer:
                    jobs = jobs.filter(employer=employer)
                return list(jobs)

            def first() -> list[Job]:
                rows = Job.objects.order_by("pk")
                print(rows.count())
                return [job for job in rows[:100]] + [job for job in rows.iterator()]

            class Jobs:
                def number(self) -> int:
                    jobs = Job.objects.all()
                    return jobs.count()
                def close(self, jobs: list[Job]) -> None:
                    for job in jobs: ...

            names = [each for each in mapping.values()]
            """,
        ),
        (
            rules.caches_for_ever,
            """
            cache.set("jobs", [], timeout=60); cache.set("jobs", None, 60); cache.set("jobs", None)
            process.wait(timeout=None)
            """,
        ),
        (
            rules.checks_without_a_hint,
            """
            Error("It is gone", hint="Bring it back", id="jobs.E001"); Job(id=1); read(id="a.txt")
            """,
        ),
    ],
    ids=lambda value: getattr(value, "__name__", "good"),
)
def test_what_keeps_the_rule_is_let_be(rule: Rule, good: str) -> None:
    assert list(rule(ast.parse(dedent(good)))) == []


@pytest.mark.parametrize(
    "file",
    [
        "apps/jobs/tasks.py",
        "apps/jobs/tasks/__init__.py",
        "apps/jobs/tasks/nightly/closing.py",
        "background/light_tasks/tasks.py",
        "operations/tasks/pruning.py",
        "config/celery.py",
    ],
)
def test_no_module_of_tasks_imports_models_early(tmp_path: Path, file: str) -> None:
    write(tmp_path / file, "from . import models")

    assert faults(tmp_path) == {"models are imported too early"}


@pytest.mark.parametrize("room", ["apps", "background", "config", "fastdata", "operations"])
def test_what_holds_everywhere_holds_in_each_room(tmp_path: Path, room: str) -> None:
    write(tmp_path / room / "some.py", "app.send_task('close')\njobs = list(Job.objects.all())")

    assert faults(tmp_path) == {"send_task passes every guard", "a whole table is loaded"}


def write(file: Path, source: str) -> None:
    """Make a module, with the folders above it."""
    file.parent.mkdir(parents=True)
    file.write_text(source, encoding="utf-8")


def faults(root: Path) -> set[str]:
    """What is wrong with the modules below a folder."""
    broken = [line for held in rules.RULES for line in rules.violations(held, root)]
    return {line.rpartition(": ")[2] for line in broken}
