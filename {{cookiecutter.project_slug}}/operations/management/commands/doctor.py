"""Ask the live servers how they are."""

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand
from django.core.management.color import no_style

from operations.doctor import checks
from operations.doctor.examination import examine
from operations.doctor.finding import Finding


class Command(BaseCommand):
    """Ends with status 0 when all is well, with 1 otherwise."""

    help = "Ask servers and workers how they are; a line each, and what to do where it is BAD."
    # An error among them is a finding, and the others are worth more then.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How the findings are written."""
        parser.add_argument("--json", action="store_true", help="a list of objects, for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print every finding."""
        findings = [*checks.findings(), *examine()]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(finding) for finding in findings], indent=2))
        else:
            self._print(findings)
        if not all(finding.ok for finding in findings):
            raise SystemExit(1)

    def _print(self, findings: list[Finding]) -> None:
        style = no_style() if "NO_COLOR" in os.environ else self.style
        for finding in findings:
            colour = style.SUCCESS if finding.ok else style.ERROR
            self.stdout.write(colour(line(finding)))


def line(finding: Finding) -> str:
    """A finding as people read it."""
    said = f"{finding.seen.rstrip('.')}. {finding.remedy}" if finding.remedy else finding.seen
    return f"{'ok ' if finding.ok else 'BAD'} {finding.subject}: {said}"
