"""Where webhooks may go: to public addresses, and as settings.WEBHOOK_ALLOWED_NETWORKS says."""

import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

type Address = IPv4Address | IPv6Address

# All IPv6 that is routed publicly (IANA, IPv6 Global Unicast Address Assignments).
IPV6_PUBLIC = ip_network("2000::/3")
# What Python takes for global, some of it in older releases only, and is no receiver's.
NOT_PUBLIC = [
    # 6to4, of all forms that carry an IPv4 address, such as ::ffff:127.0.0.1, the only one inside.
    ip_network("2002::/16"),
    # Its relays, given up by RFC 7526.
    ip_network("192.88.99.0/24"),
    # For protocols of the IETF (RFC 6890); older Pythons know an eighth of it.
    ip_network("192.0.0.0/24"),
    # Documentation (RFC 9637).
    ip_network("3fff::/20"),
    # The host under a machine of Azure's (Microsoft Learn, "What is IP address 168.63.129.16?").
    ip_network("168.63.129.16"),
]


def is_allowed(address: Address) -> bool:
    """Whether a webhook may be sent to this address."""
    listed = any(address in network for network in settings.WEBHOOK_ALLOWED_NETWORKS)
    return listed or _is_public(address)


def is_private_host(host: str) -> bool:
    """Whether one can tell without a name server that nothing may be sent to this host.

    Any spelling of an address counts, such as 127.1 or 0x7f000001. Raises ValueError when it can't
    be a host at all.
    """
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
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
    if address.version == 6 and address not in IPV6_PUBLIC:
        return False
    if any(address in network for network in NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast
