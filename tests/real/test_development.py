"""`manage.py dev` in every combination of the answers that change what runs."""

import sqlite3
from contextlib import closing

import httpx
import pytest

from tests.conftest import Bake
from tests.real.conftest import cases
from tests.real.development import Development, development
from tests.real.visitor import EMAIL, Visitor
from tests.real.waiting import wait_until
from tests.variants import Variant, variants_to_start

pytestmark = pytest.mark.real


@pytest.mark.parametrize("variant", cases(variants_to_start()))
def test_person_is_served_until_ctrl_c(
    variant: Variant, bake: Bake, python: str, environment: dict[str, str]
) -> None:
    project = bake(variant.answers)
    with development(project, [python, "manage.py"], environment, options(variant)) as running:
        serve_a_person(running, variant)
        check_processes(running, variant)
        running.interrupt()


def options(variant: Variant) -> list[str]:
    """Return the options that fill the job board first, as `make demo` does."""
    return ["--before", "load_demo"] if variant.answers["job_board"] else []


def serve_a_person(running: Development, variant: Variant) -> None:
    """Register, log in, get the welcome mail; and, on the job board, have a resume read."""
    with Visitor(running.url) as visitor:
        visitor.register("seeker" if variant.answers["job_board"] else "member")
        visitor.log_in()
        assert visitor.me()["email"] == EMAIL
        wait_until(lambda: welcome_mail_in(running), 60, "the welcome mail")
        with visitor.notifications() as socket:
            if variant.answers["job_board"]:
                assert visitor.jobs()["count"] > 100
                uploaded = visitor.upload_resume()
                assert uploaded["status"] == "PENDING"
                id_ = uploaded["id"]
                wait_until(lambda: visitor.resume(id_)["status"] == "COMPLETE", 60, "COMPLETE")
                assert visitor.task(id_)["status"] == "COMPLETE"
                assert id_ in socket.recv(timeout=30)


def welcome_mail_in(running: Development) -> bool:
    return any(EMAIL in mail.read_text() for mail in (running.state / "mails").glob("*"))


def check_processes(running: Development, variant: Variant) -> None:
    """Compare the running processes with the answers."""
    commands = running.command_lines()
    assert " worker" in commands
    assert " beat" in commands
    assert (" db_worker" in commands) == variant.answers["django_tasks"]
    assert (" flower" in commands) == variant.answers["flower"]
    if variant.answers["flower"]:
        flower = httpx.get(f"http://127.0.0.1:{running.flower_port}/", follow_redirects=True)
        assert flower.status_code in {200, 401}
    if variant.answers["database_scheduler"]:
        wait_until(lambda: schedules_in(running) > 0, 60, "schedules in the database")


def schedules_in(running: Development) -> int:
    with closing(sqlite3.connect(running.state / "db.sqlite3")) as database:
        rows = database.execute("SELECT count(*) FROM django_celery_beat_periodictask")
        return int(rows.fetchone()[0])
