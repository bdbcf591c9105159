"""The demo can be deleted: whoever imports it is seen."""

from pathlib import Path

from tests.architecture.imports import broken_by


def test_nobody_may_import_the_demo(tmp_path: Path) -> None:
    broken = broken_by("from apps import demo", "apps/jobs/services.py", tmp_path)

    assert broken == ["Nobody knows the demo, so that it can be deleted"]
