"""What is wrong with the workers, what deploys them, or production's secrets, told before a start.

These checks stand beside those of background/checks, under the same tag, because only config/ knows
what they look at.
"""

from django.core.checks import register

from background.checks import TAG
from operations.checks import deploy_files, production, workers

CHECKS = (*workers.CHECKS, *deploy_files.CHECKS, *production.CHECKS)


def register_checks() -> None:
    """Have Django run them whenever it checks the project."""
    for check in CHECKS:
        register(check, TAG)
