import gzip
import json
import logging
import shutil
import socket
import ssl
import subprocess
import time as real
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.contract import SourceDown
from connectors.http import SYSTEM, Clock, OutOfBudget, Service, Session
from tests.loopback import FakeTime, Server, http, resets, sends, source, whole
from tests.proxying import Authority

CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
QUICK = Service("Loopback", 6000, 60, reply_seconds=0.4, most_bytes=1_000_000)


def session(folder: Path, url: str, service: Service = QUICK) -> Session:
    clock = Clock(SYSTEM.monotonic, SYSTEM.now, lambda _: None)
    return Session(source(folder), service, url, clock=clock)


def drip(connection) -> None:
    for _ in range(60):
        connection.sendall(b" ")
        real.sleep(0.03)


def drip_body(connection) -> None:
    connection.sendall(http(b"", length=1000))
    drip(connection)


def drip_chunk(connection) -> None:
    connection.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n"
    )
    drip(connection)


def drip_unbounded(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}")
    drip(connection)


def drip_headers(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    drip(connection)


@pytest.mark.parametrize("trickle", [drip_body, drip_chunk, drip_unbounded, drip_headers])
def test_a_reply_that_trickles_is_cut_at_its_deadline(tmp_path, trickle, monkeypatch):
    monkeypatch.setattr("connectors.http.TRIES", 1)
    with Server(trickle) as server, session(tmp_path, server.url) as talk:
        begun = real.monotonic()
        with pytest.raises(SourceDown, match=r"not complete after 0 s"):
            talk.get("/items")
        assert real.monotonic() - begun < 1


def test_a_handshake_that_trickles_is_cut_too(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.http.TRIES", 1)
    (tmp_path / "made").mkdir()
    authority = Authority(tmp_path / "made")

    def handshake(connection) -> None:
        connection.recv(65536)
        connection.sendall(b"\x16\x03\x03\x3f\xff")  # a record of 16,383 bytes is coming
        drip(connection)

    with Server(handshake, reads=False) as server:
        url, begun = server.url.replace("http://", "https://"), real.monotonic()
        own = source(tmp_path, ca_file=str(authority.ca_file))
        with Session(own, QUICK, url) as talk, pytest.raises(SourceDown, match="not complete after"):
            talk.get("/items")
        assert real.monotonic() - begun < 1.5


def test_past_the_end_of_the_night_nothing_is_sent(tmp_path):
    time = FakeTime()
    for ends_at, words in ((time.at + 60 * 500, "the source's time"), (time.at + 50, r"the night's time .*\[night\]")):
        own = replace(source(tmp_path, most_minutes=100), ends_at=ends_at)
        with Server(GOOD) as server, Session(own, QUICK, server.url, clock=time.clock) as talk:
            assert talk.get("/items").value == {"ok": True}
            time.at += 60 * 100
            with pytest.raises(OutOfBudget, match=words):
                talk.get("/items")
        time.at -= 60 * 100


GOOD = whole({"ok": True})
BROKEN = [
    ("reset", resets),
    ("no answer", sends()),
    ("cut in its status line", sends(b"HTTP/1.")),
    ("cut in its headers", sends(b"HTTP/1.1 200 OK\r\nContent-Ty")),
    ("cut behind its headers' first line", sends(b"HTTP/1.1 200 OK\r\n")),
    ("cut in its body", sends(http(b'{"ok": tr', length=12))),
    ("cut in a chunk", sends(CHUNKED + b"ff\r\n{")),
    ("cut in a gzip", sends(http(gzip.compress(b'{"ok": true, "more": "letters"}')[:-12], "Content-Encoding: gzip"))),
    ("a broken gzip", sends(http(b"not a gzip at all", "Content-Encoding: gzip"))),
    ("503", sends(http(b"busy", status="503 Busy", kind="text/plain"))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "step"), BROKEN, ids=[name for name, _ in BROKEN])
def test_a_broken_reply_is_asked_for_again(tmp_path, name, step):
    with Server(step, GOOD) as server, session(tmp_path, server.url) as talk:
        assert talk.get("/items").value == {"ok": True}
        assert talk.sent == 2


def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = gzip.compress(b" " * 50_000_000, 9)
    with Server(sends(http(bomb, "Content-Encoding: gzip"))) as server, session(tmp_path, server.url) as talk:
        with pytest.raises(SourceDown, match="larger than 1,000,000 bytes once unpacked"):
            talk.get("/items")
        assert talk.sent == 1


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate, gzip"])
def test_packing_that_was_not_asked_for(tmp_path, encoding):
    body = gzip.compress(gzip.compress(b"{}"))
    with Server(sends(http(body, f"Content-Encoding: {encoding}"))) as server, session(tmp_path, server.url) as talk:
        with pytest.raises(SourceDown, match="not asked for"):
            talk.get("/items")
        assert talk.sent == 1


def test_gzip_is_read(tmp_path):
    body = gzip.compress(json.dumps({"name": "Thériault"}).encode())
    with Server(sends(http(body, "Content-Encoding: gzip"))) as server, session(tmp_path, server.url) as talk:
        assert talk.get("/items").value == {"name": "Thériault"}
    assert "Accept-Encoding: gzip" in server.requests[0]


def test_no_log_line_holds_a_query(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "urllib3")
    with Server(GOOD, GOOD) as server, session(tmp_path, server.url) as talk:
        talk.get("/items", {"key": "canary-7f3Qx9ZpL0vB2nK8sT4w", "q": "ada.thibodeau@maine.gov"})
    assert "canary" not in caplog.text
    assert "thibodeau" not in caplog.text


MOVED = {
    "another host": "http://localhost:{port}/items",
    "another port": "http://127.0.0.1:{other}/items",
    "another scheme": "https://127.0.0.1:{port}/items",
    "a subdomain": "http://api.127.0.0.1.example:{port}/items",
    "the same host": "http://127.0.0.1:{port}/items?again=1",
    "no host": "/items?again=1",
    "no scheme": "//localhost:{port}/items",
    "credentials in it": "http://key:secret@127.0.0.1:{port}/items",
    "a file": "file:///etc/hostname",
}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("target", MOVED.values(), ids=MOVED)
def test_a_redirect_goes_nowhere(tmp_path, monkeypatch, status, target):
    """Wherever it points: no name is looked up, nothing is connected to, and no credential is sent again."""
    reached, look_up = [], socket.getaddrinfo

    def looks_up(*place):
        reached.append(place[:2])
        return look_up(*place)

    monkeypatch.setattr(socket, "getaddrinfo", looks_up)
    server = Server()
    with Server(GOOD) as other:
        own, another = (int(one.url.rpartition(":")[2]) for one in (server, other))
        where = target.format(port=own, other=another)
        server.steps = [sends(http(b"", f"Location: {where}", status=f"{status} Moved")), GOOD]
        signed = Session(source(tmp_path), QUICK, server.url, sign=lambda: {"Authorization": "Bearer canary"})
        with server, signed as talk, pytest.raises(SourceDown, match="sent elsewhere") as told:
            talk.get("/items")
    assert (len(server.requests), set(reached), other.requests) == (1, {("127.0.0.1", own)}, [])
    assert "secret" not in str(told.value)


def test_nobody_there(tmp_path):
    with Server() as server:
        url = server.url
    with session(tmp_path, url) as talk, pytest.raises(SourceDown, match="connection failed"):
        talk.get("/items")
    assert talk.sent == 5


def test_no_tls_where_tls_is_promised(tmp_path):
    with Server(*[sends(b"HTTP/1.1 400 Bad Request\r\n\r\n")] * 5) as server:
        url = server.url.replace("http://", "https://")
        with session(tmp_path, url) as talk, pytest.raises(SourceDown, match="encrypted connection"):
            talk.get("/items")


def test_headers_without_end(tmp_path):
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 5000
    with Server(*[sends(endless)] * 5) as server, session(tmp_path, server.url) as talk, pytest.raises(SourceDown):
        talk.get("/items")


def test_the_injected_clock_ends_a_reply_too(tmp_path, monkeypatch):
    monkeypatch.setattr("connectors.http.TRIES", 1)
    ticks = count(0, 61)
    clock = Clock(lambda: float(next(ticks)), SYSTEM.now, lambda _: None)
    with Server(whole(["x"])) as server:
        talk = Session(source(tmp_path, most_minutes=1000), Service("Loopback", 6000, 60), server.url, clock=clock)
        with talk, pytest.raises(SourceDown, match="not complete after 60 s"):
            talk.get("/items")


def spoilt() -> st.SearchStrategy[bytes]:
    """A sound reply in which some bytes are others, or missing; or bytes that were never a reply."""
    sound = http(gzip.compress(b'{"ok": [1, 2.5, "x"]}', mtime=0), "Content-Encoding: gzip")
    chunked = CHUNKED + b"2\r\n{}\r\n0\r\n\r\n"
    edits = st.lists(
        st.tuples(st.integers(0, len(sound)), st.integers(0, 3), st.binary(max_size=3)), min_size=1, max_size=4
    )

    def edited(reply: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
        for at, gone, added in changes:
            reply = reply[:at] + added + reply[at + gone :]
        return reply

    return st.one_of(st.binary(max_size=200), st.builds(edited, st.sampled_from([sound, chunked]), edits))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoilt())
def test_whatever_comes_is_a_reply_or_a_sentence(tmp_path, reply):
    with Server(*[sends(reply)] * 5) as server, session(tmp_path, server.url) as talk:
        try:
            outcome = f"{talk.get('/items').status}"
        except SourceDown as down:
            outcome = str(down)
    assert outcome == "200" or outcome.startswith("test: Loopback at 127.0.0.1/items: ")


AUTHORITY = """
[ca]
default_ca = ours
[ours]
dir = {folder}
database = $dir/index.txt
new_certs_dir = $dir
serial = $dir/serial
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = IP:127.0.0.1
basicConstraints = critical, CA:true
[req]
distinguished_name = any_name
[any_name]
"""


def certificate(folder: Path, start: str, end: str) -> None:
    """A self-signed certificate for 127.0.0.1 between two dates: ca.pem with key.pem."""
    (folder / "ca.cnf").write_text(AUTHORITY.format(folder=folder), encoding="utf-8")
    (folder / "index.txt").write_text("", encoding="utf-8")
    (folder / "serial").write_text("01", encoding="utf-8")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "key.pem"]
    request = ["openssl", "req", "-new", *key, "-out", "req.pem", "-subj", "/CN=127.0.0.1", "-config", "ca.cnf"]
    signed = ["openssl", "ca", "-batch", "-selfsign", "-config", "ca.cnf", "-keyfile", "key.pem", "-in", "req.pem"]
    for command in (request, [*signed, "-out", "ca.pem", "-notext", "-startdate", start, "-enddate", end]):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)


DATES = [("good", "20200101000000Z", "21000101000000Z"), ("expired", "20200101000000Z", "20210101000000Z")]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed: no certificate for the server")
@pytest.mark.parametrize(("name", "start", "end"), DATES, ids=[name for name, _, _ in DATES])
def test_certificates_are_checked(tmp_path, name, start, end):
    certificate(tmp_path, start, end)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "ca.pem", tmp_path / "key.pem")

    def encrypted(connection) -> None:
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(http(b'{"ok": true}'))
        except ssl.SSLError:
            return  # the other side did not like our certificate

    def asked(**options: Any) -> object:
        with Server(encrypted, reads=False) as server:
            url = server.url.replace("http://", "https://")
            with Session(source(tmp_path, **options), QUICK, url) as talk:
                try:
                    return talk.get("/items").value
                finally:
                    assert talk.sent == 1

    if name == "good":
        assert asked(ca_file="ca.pem") == {"ok": True}
    else:
        with pytest.raises(SourceDown, match="certificate is expired, or not one that we trust"):
            asked(ca_file="ca.pem")
    with pytest.raises(SourceDown, match="ca_file in audit"):
        asked()
