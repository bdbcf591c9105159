"""A bad answer ends with one line that says what is wrong, and leaves nothing behind."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cookiecutter.exceptions import FailedHookException

import answers
from tests.conftest import Bake
from tests.fast.conftest import STRAINING
from tests.fast.dependencies import declared_by_some_variant, imported
from tests.files import python_files
from tests.variants import QUESTIONS, ROOT, Answers

BAD_ANSWERS = [
    *(
        ("project_slug", slug)
        for slug in [
            "",
            "..",
            "1abc",
            "_private",
            "a/b",
            "a\\b",
            "apps",
            "aux",
            "celery",
            "class",
            "COM1",
            "config",
            "Django",
            "django",
            "ending_",
            "json",
            "my-project",
            "naïve",
            "None",
            "s" * 51,
            "s" * 300,
            "tests",
            "two words",
        ]
    ),
    *(
        ("queues", queues)
        for queues in [
            "",
            "   ",
            ",",
            ",emails",
            "emails,",
            "emails,,ai_tasks",
            "a b",
            "emails,emails",
            "default, default",
            "default;rm",
            "é",
            "Emails",
            "1st",
            "q" * 65,
            "emails\nai_tasks",
        ]
    ),
    *(("timezone", zone) for zone in ["", "Mars/Base", "../UTC", "utc", "localtime", "Factory"]),
    *(
        (question, text)
        for question in ["project_name", "description", "author_name"]
        for text in [
            "",
            " ",
            " padded ",
            'double "quotes"',
            "back\\slash",
            "bra{ce",
            "bra}ce",
            "back`tick",
            "<b>bold</b>",
            "two\nlines",
            "tab\tstop",
            "bell\a",
            "right-to-left \u202e",
            "x" * 201,
        ]
    ),
    *(("project_name", name) for name in ["x" * 65, "日本", "3D", "Django", "🚀"]),
    ("author_name", "x" * 65),
]

JINJA = ["{{ 7*7 }}", "{{ cookiecutter.nothing }}", "{# gone #}", "{% raw %}", "{{"]


def generate(output: Path, *given: str) -> subprocess.CompletedProcess[str]:
    """Run cookiecutter as a user does, with a home of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cookiecutter", str(ROOT), "--no-input", "-o", str(output), *given],
        env={**os.environ, "HOME": str(output.parent / "home")},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(("question", "answer"), BAD_ANSWERS)
def test_bad_answer_is_refused_in_one_line(bake: Bake, question: str, answer: str) -> None:
    with pytest.raises(FailedHookException) as refusal:
        bake({question: answer})

    line = str(refusal.value)
    named = {question, "project_slug"} if question == "project_name" else {question}
    assert line.partition(":")[0] in named
    assert "A good answer: " in line
    assert len(line.splitlines()) == 1
    assert len(line) < 160


@pytest.mark.parametrize("answer", JINJA)
@pytest.mark.parametrize("question", ["project_name", "project_slug", "queues", "author_name"])
def test_jinja_is_refused_before_it_is_rendered(bake: Bake, question: str, answer: str) -> None:
    with pytest.raises(FailedHookException, match="is a Jinja tag, no answer"):
        bake({question: answer})


@pytest.mark.parametrize("given", ["project_slug=class", "queues=a b", "author_name={{ 7*7 }}"])
def test_command_line_shows_the_line_alone_and_writes_nothing(tmp_path: Path, given: str) -> None:
    output = tmp_path / "output"
    output.mkdir()
    refused = generate(output, given)

    assert refused.returncode != 0
    assert len((refused.stdout + refused.stderr).splitlines()) == 1
    assert list(output.iterdir()) == []


def test_good_answers_are_kept_as_they_are(tmp_path: Path) -> None:
    output = tmp_path / "output"
    made = generate(output, "project_name=L'Été & Fils 🚀", "timezone=Europe/Berlin")

    assert made.returncode == 0, made.stderr
    assert "L'Été & Fils 🚀" in (output / "l_ete_fils" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Job Board", "job_board"),
        ("  Zoë's  Jobs!", "zoe_s_jobs"),
        ("9 Lives", "9_lives"),
        ("日本", ""),
        ("word " * 12, "word_word_word_word_word_word_word_word_word_word"),
    ],
)
def test_slug_is_derived_from_the_name(name: str, slug: str) -> None:
    assert answers.derived_slug(name) == slug


def test_default_queue_is_added_when_it_is_missing() -> None:
    assert answers.checked_queues(" emails ,ai_tasks") == "default,emails,ai_tasks"
    assert answers.checked_queues("emails, default") == "emails,default"


def test_task_goes_to_its_queue_or_to_default() -> None:
    assert answers.chosen_in("emails", "default,emails") == "emails"
    assert answers.chosen_in("email", "default,emails") == "default"


@pytest.mark.parametrize("given", [{}, STRAINING["shortest"]], ids=["default", "least"])
def test_no_slug_can_hide_a_package_of_the_project(
    baked: Callable[[Answers], Path], given: Answers
) -> None:
    project = baked(given)
    packages = {name for path in python_files(project) for name, _ in imported(path, project)}
    packages |= {distribution.replace("-", "_") for distribution in declared_by_some_variant()}
    packages |= {path.stem for path in project.iterdir() if path.is_dir() or path.suffix == ".py"}
    for name in packages:
        with pytest.raises(FailedHookException):
            answers.checked_slug(name)


def test_every_question_has_a_text_without_markup() -> None:
    asked = {question for question in QUESTIONS if not question.startswith("_")}
    texts = QUESTIONS["__prompts__"]
    assert set(texts) == asked
    assert "[" not in json.dumps(texts)


@pytest.mark.parametrize(
    "question",
    [q for q, default in QUESTIONS.items() if isinstance(default, str) and not q.startswith("_")],
)
def test_every_text_is_checked_right_after_its_question(question: str) -> None:
    names = list(QUESTIONS)
    assert names[names.index(question) + 1] == f"__{question}"
