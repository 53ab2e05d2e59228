"""A proxy on loopback that inspects TLS, as a state's does: it answers CONNECT, shows a certificate of its own
authority for whatever host is asked for, reads the request and hands it to a made platform."""

from __future__ import annotations

import socket
import ssl
from base64 import b64decode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from ipaddress import ip_address
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Answers = Callable[[requests.PreparedRequest], tuple[int, dict[str, str], str | bytes] | Callable[[Any], object]]
"""The reply to a request; or what writes one into the connection by itself, which is closed then."""


class Authority:
    """An authority made for one test: `ca_file` is its certificate, `context` one of a server of that name, whose
    certificate `lasts` from now on."""

    def __init__(self, folder: Path, lasts: timedelta = timedelta(days=2)) -> None:
        self._lasts = lasts
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = Lock()
        self.certificate = self._signed("Department of Invented Certificates", self._key.public_key())
        self.ca_file = folder / "authority.pem"
        self.ca_file.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = self._made(host)
            return self._contexts[host]

    def _made(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        pem = key.private_bytes(*form) + self._signed(host, key.public_key()).public_bytes(form[0])
        path = self._folder / f"{len(self._contexts)}.pem"
        path.write_bytes(pem)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _signed(self, name: str, key: ec.EllipticCurvePublicKey) -> x509.Certificate:
        own = key == self._key.public_key()
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = subject if own else self.certificate.subject
        now = datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
        made = made.serial_number(x509.random_serial_number())
        until = now + (timedelta(days=2) if own else self._lasts)
        made = made.not_valid_before(now - timedelta(days=9)).not_valid_after(until)
        made = made.add_extension(x509.BasicConstraints(ca=own, path_length=None), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        made = made.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
        )
        if own:
            usage = dict.fromkeys(
                ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
                False,
            )
            signs = x509.KeyUsage(**usage, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False)
            made = made.add_extension(signs, critical=True)
        else:
            made = made.add_extension(x509.SubjectAlternativeName([_named(name)]), critical=False)
        return made.sign(self._key, hashes.SHA256())


def _named(host: str) -> x509.GeneralName:
    with suppress(ValueError):
        return x509.IPAddress(ip_address(host))
    return x509.DNSName(host)


class InspectingProxy:
    """`hosts` are those that were asked for; with `user`, only who says it ("name:password") is let through.

    With `encrypted`, one speaks TLS with the proxy itself too.
    """

    def __init__(self, authority: Authority, answers: Answers, user: str = "", *, encrypted: bool = False) -> None:
        self.hosts: list[str] = []
        self._authority, self._answers, self._user = authority, answers, user
        self._own = authority.context("127.0.0.1") if encrypted else None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[Thread] = []

    def __enter__(self) -> InspectingProxy:
        self._start(self._serve)
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, what: Callable[..., None], *arguments: Any) -> None:
        self._threads.append(Thread(target=what, args=arguments, daemon=True))
        self._threads[-1].start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                self._start(self._connected, self._listener.accept()[0])

    def _connected(self, plain: socket.socket) -> None:
        plain.settimeout(10)
        with suppress(OSError), self._own.wrap_socket(plain, server_side=True) if self._own else plain as outer:
            head = _Asked(outer)
            if head.command != "CONNECT" or (self._user and head.user != self._user):
                outer.sendall(b"HTTP/1.1 407 Who is it\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                return
            host, _, port = head.path.rpartition(":")
            self.hosts.append(host)
            outer.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            if isinstance(outer, ssl.SSLSocket):
                self._inside(_Doubled(outer, self._authority.context(host)), host, port)
                return
            with self._authority.context(host).wrap_socket(outer, server_side=True) as secure:
                self._inside(secure, host, port)

    def _inside(self, secure: Any, host: str, port: str) -> None:
        while (head := _Asked(secure)).command:
            request = requests.PreparedRequest()
            shown = host if port == "443" else f"{host}:{port}"
            request.method, request.url = head.command, f"https://{shown}{head.path}"
            request.headers = requests.structures.CaseInsensitiveDict(head.headers.items())
            form = head.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded")
            request.body = (head.body.decode() if form else head.body) or None
            reply = self._answers(request)
            if callable(reply):
                reply(secure)
                return
            status, headers, body = reply
            sent = body.encode() if isinstance(body, str) else body
            lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(sent)}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            secure.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + sent)


class _Asked(BaseHTTPRequestHandler):
    """One request as http.server parses it, read from a socket; `command` is empty where the other side hung up."""

    def __init__(self, connection: Any) -> None:
        text = b""
        while b"\r\n\r\n" not in text and (part := connection.recv(65536)):
            text += part
        self.command, self.body = "", b""
        if not text:
            return
        head, _, self.body = text.partition(b"\r\n\r\n")
        self.rfile = BytesIO(head + b"\r\n\r\n")
        self.raw_requestline = self.rfile.readline()
        self.parse_request()
        while len(self.body) < int(self.headers.get("Content-Length", 0)):
            self.body += connection.recv(65536)

    @property
    def user(self) -> str:
        return b64decode(self.headers.get("Proxy-Authorization", "").removeprefix("Basic ")).decode()


class _Doubled:
    """TLS inside of TLS, which a socket cannot be wrapped in a second time."""

    def __init__(self, outer: ssl.SSLSocket, context: ssl.SSLContext) -> None:
        self._outer, self._read, self._written = outer, ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner = context.wrap_bio(self._read, self._written, server_side=True)
        self._done(self._inner.do_handshake)

    def recv(self, size: int) -> bytes:
        return self._done(self._inner.read, size)

    def sendall(self, sent: bytes) -> None:
        self._done(self._inner.write, sent)

    def _done(self, what: Callable[..., Any], *arguments: Any) -> Any:
        while True:
            try:
                done = what(*arguments)
            except ssl.SSLWantReadError:
                self._outer.sendall(self._written.read())
                if not (part := self._outer.recv(65536)):
                    return b""
                self._read.write(part)
            else:
                self._outer.sendall(self._written.read())
                return done
