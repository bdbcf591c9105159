"""Pushes to the browser: to whom they belong, and never in the way."""

import socket
from time import monotonic
from typing import Any

import pytest

from fastdata.browser import push_to_browser


def down(settings: Any, *, hangs: bool, server: socket.socket) -> None:
    """Take the channel layer away."""
    server.bind(("127.0.0.1", 0))
    if hangs:
        server.listen()
    config = {"hosts": [f"redis://127.0.0.1:{server.getsockname()[1]}/0"]}
    layer = settings.CHANNEL_LAYERS["default"] | {"CONFIG": config}
    settings.CHANNEL_LAYERS = {"default": layer}


@pytest.mark.parametrize("hangs", [False, True])
def test_a_channel_layer_that_is_down_is_logged(
    settings: Any, caplog: pytest.LogCaptureFixture, hangs: bool
) -> None:
    started = monotonic()
    with socket.socket() as server:
        down(settings, hangs=hangs, server=server)

        push_to_browser(1, {"type": "hello"})

    assert "No push to the browser of user 1" in caplog.text
    assert monotonic() - started < 5
