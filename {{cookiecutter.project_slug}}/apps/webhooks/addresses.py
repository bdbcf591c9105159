"""Where webhooks may go: to public addresses, and as settings.WEBHOOK_ALLOWED_NETWORKS says."""

import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

type Address = IPv4Address | IPv6Address

# All IPv6 that is routed publicly (IANA, IPv6 Global Unicast Address Assignments). Of the forms
# that carry an IPv4 address, such as ::ffff:127.0.0.1 and 64:ff9b::7f00:1, only 6to4 is inside.
IPV6_PUBLIC = ip_network("2000::/3")
IPV6_6TO4 = ip_network("2002::/16")


def is_allowed(address: Address) -> bool:
    """Whether a webhook may be sent to this address."""
    listed = any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS)
    return listed or _is_public(address)


def is_private_host(host: str) -> bool:
    """Whether one can tell without a name server that nothing may be sent to this host.

    Any spelling of an address counts, such as 127.1 or 0x7f000001. Raises ValueError when it can't
    be a host at all.
    """
    if host.rstrip(".").endswith("localhost"):
        return not is_allowed(IPv4Address("127.0.0.1"))
    try:
        addresses = _look_up(host, socket.AI_NUMERICHOST)
    except socket.gaierror:
        return False
    return not all(map(is_allowed, addresses))


def resolve(host: str, timeout: float) -> list[Address]:
    """The addresses of a host, in the order in which to try them.

    Raises OSError when there are none, and TimeoutError after `timeout` seconds. The system's
    resolver knows no time-out, so it runs in a thread, and is left to itself when it takes longer.
    """
    threads = ThreadPoolExecutor(max_workers=1)
    try:
        return threads.submit(_look_up, host).result(timeout)
    finally:
        threads.shutdown(wait=False)


def _look_up(host: str, flags: int = 0) -> list[Address]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=flags)
    return [ip_address(sockaddr[0]) for *_, sockaddr in found]


def _is_public(address: Address) -> bool:
    if address.version == 6 and (address not in IPV6_PUBLIC or address in IPV6_6TO4):
        return False
    return address.is_global and not address.is_multicast
