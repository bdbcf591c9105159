"""Where things lie."""

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
# What a development machine keeps between two runs; ignored by git.
STATE_FOLDER = Path(os.environ.get("DEV_FOLDER", BASE_DIR / ".dev")).resolve()
