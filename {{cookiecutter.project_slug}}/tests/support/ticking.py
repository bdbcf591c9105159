"""Settings of a Beat with one entry, which ticks every three seconds."""

from config.settings.test import *  # noqa: F403

ENTRY = "every three seconds"
PERIOD_SECONDS = 3

CELERY_BEAT_SCHEDULE = {
    ENTRY: {
        "task": "tests.sample.tasks.note_tick",
        "schedule": PERIOD_SECONDS,
        # So long that no tick is left out because it comes late.
        "options": {"expires": 3600},
    }
}
# The check says rightly that ticks may pile up then.
SILENCED_SYSTEM_CHECKS = ["background.E021"]
