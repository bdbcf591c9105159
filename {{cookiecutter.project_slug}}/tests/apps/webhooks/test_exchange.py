"""The exchange with a receiver: with the right one, alone, and not for longer than it may take."""

import socket
import ssl
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from apps.webhooks import exchange
from apps.webhooks.exchange import post
from background.errors import PermanentError, TransientError
from operations.servers.ports import free_port
from tests.apps.webhooks.making import FORBIDDEN
from tests.apps.webhooks.servers import (
    Behaviour,
    Receiver,
    Resolver,
    answer,
    drip_body,
    drip_head,
    hang,
    hang_up,
    make_certificate,
)
from tests.apps.webhooks.test_addresses import PRIVATE
from tests.support.serving import serving

HEADERS = {"webhook-id": "1"}
NAME = "receiver.example.org"

type Resolve = Callable[..., Resolver]


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Have the name of the receiver lead to these addresses, one answer after another."""

    def resolve(*answers: list[str]) -> Resolver:
        resolver = Resolver({NAME: answers})
        monkeypatch.setattr(socket, "getaddrinfo", resolver)
        return resolver

    return resolve


@pytest.fixture
def deadline(settings: Any) -> Iterator[None]:
    """Give receivers half a second, and see to it that no test takes much longer."""
    settings.WEBHOOK_TIMEOUT = 0.5
    begun = monotonic()
    yield
    assert monotonic() - begun < 3


def by_name(receiver: Receiver) -> str:
    return receiver.url.replace("127.0.0.1", NAME)


def test_the_answer_is_status_and_wish(receiver: Receiver) -> None:
    assert post(receiver.url, b"{}", HEADERS) == exchange.Answer(204, "")

    with serving(Receiver(answer(429, Retry_After="7"))) as busy:
        assert post(busy.url, b"{}", HEADERS) == exchange.Answer(429, "7")


def test_path_and_query_arrive_and_the_host_is_the_name(
    receiver: Receiver, resolve: Resolve
) -> None:
    resolve(["127.0.0.1"])

    post(f"{by_name(receiver)}/ü?a=b%20c#part", b"{}", HEADERS)

    (request,) = receiver.posts
    assert request.path == "/hook/%C3%BC?a=b%20c"
    assert request.headers["Host"] == f"{NAME}:{receiver.server_port}"


def test_the_host_of_ipv6_stands_in_brackets(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Whether this machine has IPv6 or not.
    monkeypatch.setattr(socket, "getaddrinfo", Resolver({"::1": [["127.0.0.1"]]}))

    post(receiver.url.replace("127.0.0.1", "[::1]"), b"{}", HEADERS)

    assert receiver.posts[0].headers["Host"] == f"[::1]:{receiver.server_port}"


@pytest.mark.parametrize("address", PRIVATE)
def test_a_name_of_a_private_address_is_refused(resolve: Resolve, address: str) -> None:
    resolve([address])

    with pytest.raises(PermanentError, match="may not go to") as refusal:
        post(f"http://{NAME}/", b"{}", HEADERS)

    assert address not in str(refusal.value)


def test_one_private_address_among_others_is_refused(receiver: Receiver, resolve: Resolve) -> None:
    resolve(["127.0.0.1", FORBIDDEN])

    with pytest.raises(PermanentError):
        post(by_name(receiver), b"{}", HEADERS)

    assert not receiver.posts


def test_a_name_that_changes_its_mind_is_asked_once(receiver: Receiver, resolve: Resolve) -> None:
    resolver = resolve(["127.0.0.1"], [FORBIDDEN])

    assert post(by_name(receiver), b"{}", HEADERS).status == 204
    assert resolver.asked == [NAME]

    with pytest.raises(PermanentError):
        post(by_name(receiver), b"{}", HEADERS)
    assert len(receiver.posts) == 1


@pytest.mark.parametrize(
    "address", ["127.0.0.2", "127.2", "2130706434", "[::1]", "[::ffff:7f00:2]"]
)
def test_a_private_address_in_the_url_is_refused(address: str) -> None:
    with pytest.raises(PermanentError):
        post(f"http://{address}/", b"{}", HEADERS)


def test_the_next_address_is_tried_when_one_does_not_answer(
    receiver: Receiver, resolve: Resolve, settings: Any
) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    resolve(["127.0.0.9", "127.0.0.1"])

    assert post(by_name(receiver), b"{}", HEADERS).status == 204


@pytest.mark.usefixtures("deadline")
@pytest.mark.parametrize("behaviour", [hang, drip_head])
def test_a_receiver_that_keeps_us_waiting_ends_by_the_deadline(behaviour: Behaviour) -> None:
    with (
        serving(Receiver(behaviour)) as receiver,
        pytest.raises(TransientError, match=r"within 0\.5 s"),
    ):
        post(receiver.url, b"{}", HEADERS)


@pytest.mark.usefixtures("deadline")
def test_a_receiver_that_never_encrypts_ends_by_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        _, port = silent.getsockname()
        with pytest.raises(TransientError, match=r"within 0\.5 s"):
            post(f"https://127.0.0.1:{port}/", b"{}", HEADERS)


@pytest.mark.usefixtures("deadline")
def test_a_name_server_that_hangs_ends_by_the_deadline(resolve: Resolve) -> None:
    resolver = resolve(["127.0.0.1"])
    resolver.awake.clear()

    with pytest.raises(TransientError, match=r"within 0\.5 s"):
        post(f"http://{NAME}/", b"{}", HEADERS)
    resolver.awake.set()


@pytest.mark.usefixtures("deadline")
def test_a_body_that_never_ends_keeps_nobody_waiting() -> None:
    with serving(Receiver(drip_body)) as receiver:
        assert post(receiver.url, b"{}", HEADERS).status == 200


def test_a_receiver_that_is_not_there_may_be_later() -> None:
    with pytest.raises(TransientError, match="Connection refused"):
        post(f"http://127.0.0.1:{free_port()}/", b"{}", HEADERS)


def test_a_receiver_that_hangs_up_may_answer_later() -> None:
    with serving(Receiver(hang_up)) as receiver, pytest.raises(TransientError, match="no answer"):
        post(receiver.url, b"{}", HEADERS)


def test_a_name_that_nobody_knows_may_be_known_later() -> None:
    with pytest.raises(TransientError, match="no answer"):
        post("http://receiver.invalid/", b"{}", HEADERS)


def test_no_proxy_comes_between(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Receiver()) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        post(receiver.url, b"{}", HEADERS)

    assert (len(receiver.posts), len(proxy.posts)) == (1, 0)


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make a certificate for a name and trust it; what a server needs to show it."""

    def make(name: str) -> ssl.SSLContext:
        file = make_certificate(tmp_path, name)
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        exchange._tls.cache_clear()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    yield make
    exchange._tls.cache_clear()


def test_the_certificate_is_asked_for_the_name(trusted: Any, resolve: Resolve) -> None:
    resolve(["127.0.0.1"])
    with serving(Receiver(tls=trusted(NAME))) as receiver:
        assert post(by_name(receiver), b"{}", HEADERS).status == 204


def test_a_certificate_of_another_name_is_refused(trusted: Any, resolve: Resolve) -> None:
    resolve(["127.0.0.1"])
    with serving(Receiver(tls=trusted("other.example.org"))) as receiver:
        with pytest.raises(TransientError, match="Hostname mismatch"):
            post(by_name(receiver), b"{}", HEADERS)
        assert not receiver.posts
