"""The parser behind HTTP, against a server that speaks its protocol."""

import json
import socket
from typing import Any

import pytest

from apps.resumes.parsing.base import ParsedResume
from apps.resumes.parsing.http import HttpParser
from background.errors import PermanentError, TransientError
from tests.apps.resumes.conftest import Upload
from tests.apps.resumes.files import TEXT
from tests.apps.resumes.servers import ANSWER, ParsingService
from tests.support.serving import serving


def test_the_file_goes_out_and_the_answer_comes_in(upload: Upload, settings: Any) -> None:
    resume = upload()

    with serving(ParsingService()) as service:
        settings.AI_PARSER_URL = service.url
        parsed = HttpParser().parse(resume)

    (post,) = service.posts
    assert parsed == ParsedResume(**ANSWER)
    assert post.headers["Idempotency-Key"] == str(resume.pk)
    assert TEXT in post.body


@pytest.mark.parametrize(
    ("status", "answer", "error"),
    [
        (500, b"", TransientError),
        (503, b"", TransientError),
        (429, b"", TransientError),
        (408, b"", TransientError),
        (400, b"", PermanentError),
        (422, b"", PermanentError),
        (302, b"", PermanentError),
        (200, b"no JSON", TransientError),
        (200, b"[]", TransientError),
        (200, json.dumps(ANSWER | {"skills": None}).encode(), TransientError),
        (200, json.dumps(ANSWER | {"name": "Ann\x00"}).encode(), TransientError),
        (200, json.dumps(ANSWER | {"years": float("nan")}).encode(), TransientError),
        (200, json.dumps(ANSWER | {"years": -1}).encode(), TransientError),
    ],
)
def test_answers_that_are_none(
    upload: Upload, settings: Any, status: int, answer: bytes, error: type[Exception]
) -> None:
    resume = upload()

    with serving(ParsingService((status, answer))) as service:
        settings.AI_PARSER_URL = service.url

        with pytest.raises(error):
            HttpParser().parse(resume)


@pytest.mark.parametrize("hangs", [False, True])
def test_a_service_that_does_not_answer_may_later(
    upload: Upload, settings: Any, hangs: bool
) -> None:
    resume = upload()
    settings.AI_PARSER_TIMEOUT = 0.2
    with socket.socket() as service:
        service.bind(("127.0.0.1", 0))
        if hangs:
            service.listen()
        settings.AI_PARSER_URL = f"http://127.0.0.1:{service.getsockname()[1]}/"

        with pytest.raises(TransientError, match="did not answer"):
            HttpParser().parse(resume)
