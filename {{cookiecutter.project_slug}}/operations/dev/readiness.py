"""Whether a process answers: asked from outside, the way its users would."""

import asyncio
import urllib.request

from celery.app.control import Control
from celery.utils.nodenames import host_format
from kombu.exceptions import OperationalError

from operations.dev.child import Child


async def answers(child: Child, control: Control) -> bool:
    """Whether it does what config/processes.py says one knows it by."""
    process = child.process
    if process.address:
        return await asyncio.to_thread(_responds, process.address + process.health)
    if process.node:
        return await asyncio.to_thread(_pongs, control, host_format(process.node))
    return child.has_written_its_line


def _responds(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False


def _pongs(control: Control, node: str) -> bool:
    try:
        return bool(control.ping(destination=[node], timeout=1, limit=1))
    except (OperationalError, OSError):
        return False
