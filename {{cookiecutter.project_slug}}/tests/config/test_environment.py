"""`.env.example` tells of the variables that the settings read."""

import re

from config.paths import BASE_DIR

READ = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)\"""")
LISTED = re.compile(r"^# ([A-Z_]+)=", re.MULTILINE)


def test_every_variable_is_listed() -> None:
    settings = "".join(file.read_text() for file in (BASE_DIR / "config").rglob("*.py"))

    read = set(READ.findall(settings))

    assert read >= {"SECRET_KEY", "DATABASE_URL"}
    assert read - set(LISTED.findall((BASE_DIR / ".env.example").read_text())) == set()
