"""Settings of a worker whose clock is three minutes slow."""

import time

from config.settings.test import *  # noqa: F403

_right_time = time.time
time.time = lambda: _right_time() - 180
