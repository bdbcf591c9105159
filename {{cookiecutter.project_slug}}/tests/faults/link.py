"""A link to a server that can be cut: it listens on this machine and hands on what it gets."""

import socket
import socketserver
import threading
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit


class Link(socketserver.ThreadingTCPServer):
    """Leads to the server of a URL, from an address of this machine.

    Nobody is told when it is cut: connections stay, and neither what is sent nor their end comes
    through before it is mended.
    """

    daemon_threads = True

    def __init__(self, url: str, address: str = "127.0.0.1") -> None:
        super().__init__((address, 0), _Connection)
        parts = urlsplit(url)
        assert parts.hostname
        assert parts.port
        self.target = (parts.hostname, parts.port)
        login = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        here = f"{login}{address}:{self.server_address[1]}"
        self.url = urlunsplit(parts._replace(netloc=here))
        self._whole = threading.Event()
        self._whole.set()

    def cut(self) -> None:
        """Hand on nothing from now on."""
        self._whole.clear()

    def mend(self) -> None:
        """Hand on everything again."""
        self._whole.set()

    def connect(self) -> socket.socket:
        """A connection to the server, as soon as the link is whole."""
        self._whole.wait()
        return socket.create_connection(self.target)

    def hand_on(self, source: socket.socket, target: socket.socket) -> None:
        """Hand on what comes from one side, and then its end, to the other."""
        with suppress(OSError):
            while chunk := source.recv(65536):
                self._whole.wait()
                target.sendall(chunk)
        self._whole.wait()
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def server_close(self) -> None:
        """Stop listening, and let go of what was held back."""
        self.mend()
        super().server_close()


class _Connection(socketserver.BaseRequestHandler):
    server: Link

    def handle(self) -> None:
        with self.server.connect() as target:
            back = threading.Thread(target=self.server.hand_on, args=(target, self.request))
            back.daemon = True
            back.start()
            self.server.hand_on(self.request, target)
            back.join()
