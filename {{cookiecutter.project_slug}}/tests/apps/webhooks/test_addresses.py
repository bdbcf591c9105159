"""Where webhooks may go."""

from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from apps.webhooks.addresses import is_allowed, is_private_host

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.2",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.88.99.1",
    "192.168.0.1",
    "198.18.0.1",
    "224.0.0.251",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2001:0:7f00:1::",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "3fff::1",
    "3fff:fff::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%2",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_in_every_form(address: str) -> None:
    assert not is_allowed(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.215.14", "168.63.129.17", "192.88.98.1", "2606:4700:4700::1111"]
)
def test_a_public_address_is_allowed(address: str) -> None:
    assert is_allowed(ip_address(address))


def test_the_setting_lists_exceptions(settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = [ip_network("10.1.0.0/16"), ip_network("fd00::/8")]

    assert is_allowed(ip_address("10.1.2.3"))
    assert is_allowed(ip_address("fd12::1"))
    assert not is_allowed(ip_address("10.2.0.1"))
    assert not is_allowed(ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "127.2",
        "2130706434",
        "0x7f000002",
        "0177.0.0.2",
        "::1",
        "::ffff:7f00:1",
        "169.254.169.254",
    ],
)
def test_a_private_address_shows_however_it_is_spelled(host: str) -> None:
    assert is_private_host(host)


@pytest.mark.parametrize("host", ["localhost", "localhost.", "hooks.localhost"])
def test_this_machine_is_private_by_its_name_too(host: str, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []

    assert is_private_host(host)


@pytest.mark.parametrize("host", ["mylocalhost", "mylocalhost.", "localhost.example.org"])
def test_a_name_that_only_contains_it_is_not(host: str, settings: Any) -> None:
    settings.WEBHOOK_ALLOWED_NETWORKS = []

    assert not is_private_host(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "example.org", "127.0.0.1"])
def test_others_are_not_and_neither_are_exceptions(host: str) -> None:
    assert not is_private_host(host)
