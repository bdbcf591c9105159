"""Asking all the questions at once, and waiting for no answer for long."""

from collections.abc import Callable, Iterable, Sequence

from django.conf import settings
from django.utils.module_loading import import_string

from operations.doctor.finding import Finding, Question, bad
from operations.waiting import outcomes

# How long an answer may take (seconds). Those that depend on another one are asked after it, so
# the examination lasts twice as long at most.
PATIENCE = 3.0


def examine() -> list[Finding]:
    """Ask everything in DOCTOR_QUESTIONS; the findings in that order."""
    questions: list[Question] = [import_string(path) for path in settings.DOCTOR_QUESTIONS]
    answers = _ask([each for each in questions if not each.after])
    silent = {subject for subject, answer in answers.items() if isinstance(answer, Exception)}
    answers |= _ask([each for each in questions if each.after and each.after not in silent])
    return [
        finding
        for question in questions
        if question.subject in answers
        for finding in _findings(question, answers[question.subject], questions)
    ]


def _ask(questions: Sequence[Question]) -> dict[str, list[Finding] | Exception]:
    answers = outcomes([_all_of(question.ask) for question in questions], seconds=PATIENCE)
    return dict(zip((question.subject for question in questions), answers, strict=True))


def _all_of(ask: Callable[[], Iterable[Finding]]) -> Callable[[], list[Finding]]:
    return lambda: list(ask())


def _findings(
    question: Question, answer: list[Finding] | Exception, questions: Iterable[Question]
) -> list[Finding]:
    if not isinstance(answer, Exception):
        return answer
    seen = reason(answer)
    not_asked = [each.subject for each in questions if each.after == question.subject]
    if not_asked:
        seen += f"; so nobody was asked about {', '.join(not_asked)}"
    return [bad(question.subject, seen, question.remedy)]


def reason(error: Exception) -> str:
    """What an error says, in one line without a full stop."""
    text = " ".join(str(error).split()).rstrip(".")
    return text or type(error).__name__
