"""An application with a broker and a task, and Celery's defaults for all else."""

import os
from urllib.request import Request, urlopen

from celery import Celery

app = Celery("plain", broker=os.environ["CELERY_BROKER_URL"])


@app.task
def tell(number: int) -> None:
    """Tell the far end that this piece is done."""
    address = f"{os.environ['FAR_END']}/{number}"
    with urlopen(Request(address, data=b""), timeout=10):
        pass
