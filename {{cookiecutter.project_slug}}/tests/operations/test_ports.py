"""A server that restarts finds its port as it left it."""

import socket

from operations.servers.ports import PORTS, free_ports


def test_ports_are_different_and_free() -> None:
    ports = free_ports(100)

    assert len(set(ports)) == 100
    for port in ports:
        with socket.create_server(("127.0.0.1", port)):
            assert port in PORTS


def test_a_connection_never_takes_one_of_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        for _ in range(100):
            with socket.create_connection(server.getsockname()) as connection:
                assert connection.getsockname()[1] not in PORTS
