"""A development runner with processes of a test's choice: `python -m tests.operations.stage PLAN`.

The plan is a JSON file: `before` and `processes` (name to the fields of a Process), `watched`
(folders), `grace` (seconds) and `server` (whether a Valkey runs too).
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from config.celery import app
from config.processes import Process
from operations.dev import runner
from operations.dev.console import Console
from operations.servers.valkey import Valkey


def main(file: Path) -> None:
    """Run until told to stop."""
    plan = json.loads(file.read_text())
    runner.GRACE = plan["grace"]
    servers = [Valkey(file.parent)] if plan["server"] else []
    before, processes = (
        {name: process(**fields) for name, fields in plan[when].items()}
        for when in ("before", "processes")
    )
    console = Console([*(server.name for server in servers), *before, *processes])
    stage = runner.Runner(
        servers=servers,
        before=before,
        processes=processes,
        environment=os.environ | {key: url for s in servers for key, url in s.environment.items()},
        watched=[Path(folder) for folder in plan["watched"]],
        prepare=lambda: None,
        announce=lambda _: console.plain("ready"),
        control=app.control,
        console=console,
    )
    try:
        asyncio.run(stage.run())
    except runner.StartError as error:
        sys.exit(str(error))


def process(*, command: list[str], stop: list[str] | None = None, **fields: Any) -> Process:
    """A process from what JSON can say."""
    signals = tuple(signal.Signals[name] for name in stop or ["SIGTERM"])
    return Process(purpose="", command=tuple(command), stop=signals, **fields)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
