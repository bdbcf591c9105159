"""What only the job board takes: page numbers, deadlines and files, however odd."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from rest_framework.test import APIClient

from apps.jobs.models import Job
from apps.resumes.models import Resume
from tests.api.conftest import People, Send, Stored
from tests.api.operations import OPERATIONS, Operation
from tests.apps.jobs.postings import posting
from tests.apps.resumes.files import TEXT

JOBS = "/api/v1/jobs/"
RESUMES = "/api/v1/resumes/"
LISTS = [operation for operation in OPERATIONS if "page" in operation.parameters("query")]


@pytest.fixture
def client_of_seeker(people: People) -> APIClient:
    """The seeker's client."""
    client = APIClient()
    client.force_authenticate(people["seeker"])
    return client


@pytest.fixture
def client_of_employer(people: People) -> APIClient:
    """The employer's client."""
    client = APIClient()
    client.force_authenticate(people["employer"])
    return client


@pytest.mark.parametrize("operation", LISTS, ids=str)
def test_a_page_that_is_none_is_refused(send: Send, people: People, operation: Operation) -> None:
    for page in ("-1", "0", "9" * 18, "9" * 30, "9" * 5000, "two", "1.5", "1e3", "%00", "%FF"):
        statuses = {
            send(user, "GET", f"{operation.path}?page={page}").status_code
            for user in people.values()
        }

        assert statuses & {400, 404}, page
        assert statuses <= {400, 403, 404}, page


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "deadline",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+23:59",
        "9999-12-31T23:59:59-23:59",
        "10000-01-01T00:00:00Z",
        "2999-02-29T00:00:00Z",
        "2999-01-01T24:00:01Z",
        "2999-01-01T00:00:00+99:99",
        "32503680000",
    ],
)
def test_a_deadline_that_is_no_time_to_come_is_refused(
    client_of_employer: APIClient, stored: Stored, deadline: str, zone: str
) -> None:
    before = stored()

    with timezone.override(zone):
        answer = client_of_employer.post(JOBS, posting(deadline=deadline))

    assert answer.status_code == 400
    assert list(answer.json()) == ["deadline"]
    assert stored() == before


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize("time", ["T23:59:59", "T23:59:59Z", "T00:00:00+14:00"])
def test_the_last_day_of_the_calendar_breaks_nothing(
    client_of_employer: APIClient, time: str, zone: str
) -> None:
    with timezone.override(zone):
        answer = client_of_employer.post(JOBS, posting(deadline=f"9999-12-31{time}"))

    assert answer.status_code in {201, 400}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "deadline", ["9999-12-30T00:00:00Z", "9999-12-30T12:59:59.999999+14:00", "2999-01-01T00:00"]
)
def test_a_deadline_far_away_is_kept_to_the_microsecond(
    client_of_employer: APIClient, deadline: str, zone: str
) -> None:
    with timezone.override(zone):
        given = client_of_employer.post(JOBS, posting(deadline=deadline)).json()

        shown = client_of_employer.get(f"{JOBS}{given['id']}/").json()
        assert shown["deadline"] == given["deadline"]
        assert parse_datetime(given["deadline"]) == Job.objects.get().deadline


@pytest.mark.parametrize(
    "name",
    ["\u202efdp.\u05e9\u05dc", "🦤.txt", "..\\..\\cv.txt", "a;b=c.txt", "con", "x" * 300 + ".txt"],
    ids=lambda name: ascii(name[:10]),
)
def test_a_file_may_be_called_anything(client_of_seeker: APIClient, name: str) -> None:
    file = SimpleUploadedFile(name, TEXT)

    answer = client_of_seeker.post(RESUMES, {"file": file}, format="multipart")

    assert answer.status_code == 202
    assert Resume.objects.get().file.name.startswith("resumes/")


@pytest.mark.parametrize(
    "part",
    [
        b"",
        b'name="file"\r\n\r\nno file but a text',
        b'name="file"; filename=""\r\n\r\ntext',
        b'name="file"; filename="../"\r\n\r\ntext',
        b'name="file"; filename="cv.txt"\r\n\r\n',
        b'name="cv"; filename="cv.txt"\r\n\r\ntext',
        b"name*=nonsense''%80; filename=\"cv.txt\"\r\n\r\ntext",
        b'name="file"; filename="cv.txt"\r\nContent-Transfer-Encoding: base64\r\n\r\n!',
    ],
    ids=lambda part: ascii(part[:40]),
)
def test_an_upload_without_a_file_is_refused(
    send: Send, people: People, stored: Stored, part: bytes
) -> None:
    before = stored()
    body = b"--XX\r\nContent-Disposition: form-data; " + part + b"\r\n--XX--\r\n"

    answer = send(
        people["seeker"], "POST", RESUMES, body, content_type="multipart/form-data; boundary=XX"
    )

    assert answer.status_code == 400
    assert list(answer.json()) in (["file"], ["detail"])
    assert stored() == before


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=\u00fc", 400),
        ("multipart/form-data; boundary=" + "X" * 80, 400),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_upload_is_a_form_with_parts(
    send: Send, people: People, stored: Stored, kind: str, status: int
) -> None:
    before = stored()

    answer = send(people["seeker"], "POST", RESUMES, b"{}", content_type=kind)

    assert answer.status_code == status
    assert stored() == before
