"""What the doctor finds, asked in this process."""

from django.conf import settings
from django.test import override_settings
from django.utils.module_loading import import_string

from operations.doctor.examination import examine
from operations.doctor.finding import Finding

# Who finds what is not called like the question.
ASKED_WITH = {"clock": {"redis", "workers"}, "dead letters": {"work"}}


def findings_about(subject: str) -> list[Finding]:
    """The findings about a subject; nothing else is asked, which would take seconds."""
    asked = ASKED_WITH.get(subject, {subject})
    paths = [path for path in settings.DOCTOR_QUESTIONS if import_string(path).subject in asked]
    with override_settings(DOCTOR_QUESTIONS=paths):
        return [finding for finding in examine() if finding.subject == subject]


def bad_about(subject: str) -> list[str]:
    """What is seen to be wrong with a subject."""
    return [finding.seen for finding in findings_about(subject) if not finding.ok]
