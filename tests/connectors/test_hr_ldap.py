"""Against a real slapd on loopback, started in a temporary folder; skipped where Debian's slapd is not installed."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connectors import hr_ldap
from connectors.contract import BadRow, Dropped, Raw, Remark, SourceDown
from connectors.http import SYSTEM, Clock
from connectors.records import Person, Status
from connectors.vendors import ldap
from tests.loopback import FakeTime, Server, source
from tests.states import State, rewritten

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap:/usr/libexec:/usr/bin")
LDAPADD = shutil.which("ldapadd")
SCHEMAS = Path("/etc/ldap/schema")
needs_slapd = pytest.mark.skipif(
    not (SLAPD and LDAPADD and (SCHEMAS / "inetorgperson.schema").is_file()),
    reason="slapd and ldap-utils are not installed (Debian: apt-get install slapd ldap-utils)",
)
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
ADMIN = "cn=admin,dc=maine,dc=example"
BASE = "ou=people,dc=maine,dc=example"
CONF = """
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/inetorgperson.schema
attributetype ( 1.3.6.1.4.1.4203.666.1 NAME 'proxyAddresses' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.4203.666.2 NAME 'employeeID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.3 NAME 'userAccountControl' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.4 NAME 'accountExpires' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.5 NAME 'department' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.4203.666.6 NAME 'company' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.4203.666.7 NAME 'user' AUXILIARY
  MAY ( proxyAddresses $ employeeID $ userAccountControl $ accountExpires $ department $ company ) )
modulepath /usr/lib/ldap
moduleload back_mdb
{tls}
{limits}
database mdb
suffix "dc=maine,dc=example"
rootdn "{admin}"
rootpw "{password}"
directory "{folder}/data"
access to attrs=userPassword by anonymous auth
access to * by users read
"""
READER = "cn=reader,dc=maine,dc=example"


def entry(number: int, **more: str | list[str]) -> str:
    fields = {"objectClass": ["inetOrgPerson", "user"], "cn": f"Person {number}", "sn": f"Family{number}", **more}
    lines = [f"dn: cn=Person {number},{BASE}"]
    lines += [
        f"{name}: {one}" for name, given in fields.items() for one in ([given] if isinstance(given, str) else given)
    ]
    return "\n".join(lines) + "\n"


PEOPLE = [
    entry(
        17, givenName="Ada", sn="Thibodeau", mail=["ada.thibodeau@maine.gov", "ada@state.me.us"], title="Crew Chief",
        employeeNumber="00017", departmentNumber="17", o="Department of Transportation", employeeID="00017",
        proxyAddresses=["SMTP:ada.thibodeau@maine.gov", "smtp:a.thibodeau@maine.gov", "sip:ada@maine.gov"],
        userAccountControl="512", accountExpires="9223372036854775807", department="DOT", company="State of Maine",
        homePhone="+1 207 555 0100", description="private words",
    ),
    entry(
        19, givenName="Rémy", mail="remy.cyr@maine.gov", employeeNumber="00019", departmentNumber="16",
        employeeID="00019", userAccountControl="514", accountExpires="134152380000000000", department="DPS",
    ),
    entry(20, mail="copier@maine.gov"),
]  # fmt: skip


def tree() -> str:
    heads = [
        "dn: dc=maine,dc=example\nobjectClass: dcObject\nobjectClass: organization\ndc: maine\no: maine\n",
        f"dn: {BASE}\nobjectClass: organizationalUnit\nou: people\n",
        f"dn: {READER}\nobjectClass: person\ncn: reader\nsn: reader\nuserPassword: {CANARY}\n",
    ]
    return "\n".join([*heads, *PEOPLE])


@contextmanager
def directory(folder: Path, entries: str, limits: str = "", tls: str = "", scheme: str = "ldap") -> Iterator[str]:
    """A running slapd and its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(
        CONF.format(schemas=SCHEMAS, tls=tls, limits=limits, admin=ADMIN, password=CANARY, folder=folder),
        encoding="utf-8",
    )
    (folder / "people.ldif").write_text(entries, encoding="utf-8")
    local = f"ldapi://{str(folder / 'ldapi').replace('/', '%2F')}"
    url = f"{scheme}://127.0.0.1:{port}"
    command = [str(SLAPD), "-f", str(folder / "slapd.conf"), "-h", f"{url} {local}", "-d", "0"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and (folder / "ldapi").exists():
                    break
            time.sleep(0.05)
        add = [str(LDAPADD), "-x", "-H", local, "-D", ADMIN, "-w", CANARY, "-f", str(folder / "people.ldif")]
        subprocess.run(add, check=True, capture_output=True)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module")
def url(tmp_path_factory) -> Iterator[str]:
    with directory(tmp_path_factory.mktemp("slapd"), tree()) as url:
        yield url


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("LDAP_PASSWORD", CANARY)


def fetched(folder: Path, url: str, clock: Clock | None = None, **options: Any) -> list[Any]:
    given = {
        "url": url,
        "base": BASE,
        "user": READER,
        "password": {"env": "LDAP_PASSWORD"},
        "kind": "openldap",
        **options,
    }
    return list(hr_ldap.fetch(source(folder, "hr", **given), clock or FakeTime().clock))


def people(items: list) -> dict[str, Person]:
    return {person.employee_id: person for item in items if isinstance(item, Raw) and (person := hr_ldap.parse(item))}


@needs_slapd
def test_openldap(tmp_path, url):
    items = fetched(tmp_path, url)
    found = people(items)
    assert sorted(found) == ["00017", "00019"]
    assert [type(item) for item in items].count(Dropped) == 1
    ada = found["00017"]
    assert (ada.given_name, ada.family_name, ada.title) == ("Ada", "Thibodeau", "Crew Chief")
    assert {ada.work_email, *ada.other_emails} == {"ada.thibodeau@maine.gov", "ada@state.me.us"}
    assert (ada.agency_code, ada.agency, ada.status) == ("17", "Department of Transportation", Status.ACTIVE)
    assert found["00019"].given_name == "Rémy"
    assert ada.provenance.where == "ldap:employeeNumber=00017"


@needs_slapd
def test_active_directory(tmp_path, url):
    options: dict[str, Any] = {"kind": "ad", "filter": "(objectClass=user)", "agency_codes": {"DOT": "17"}}
    found = people(fetched(tmp_path, url, **options))
    ada, remy = found["00017"], found["00019"]
    assert "a.thibodeau@maine.gov" in ada.other_emails
    assert not any("sip" in alias for alias in ada.other_emails)
    assert (ada.agency_code, ada.agency, ada.status, ada.end_on) == ("17", "State of Maine", Status.ACTIVE, None)
    assert (remy.agency_code, remy.status, remy.end_on) == ("DPS", Status.UNKNOWN, date(2026, 2, 10))


@needs_slapd
def test_only_listed_attributes_come(tmp_path, url):
    items = fetched(tmp_path, url)
    assert "555" not in repr(items)
    assert "private words" not in repr(items)
    assert CANARY not in repr(items)


@needs_slapd
@pytest.mark.parametrize("page", [1, 2, 3, 500])
def test_pages(tmp_path, url, page):
    assert sorted(people(fetched(tmp_path, url, page=page))) == ["00017", "00019"]


@needs_slapd
def test_a_server_that_cuts_the_list_short_is_an_error(tmp_path):
    with (
        directory(tmp_path, tree(), limits="sizelimit size.soft=2 size.hard=2 size.prtotal=2") as url,
        pytest.raises(SourceDown, match="gives no more than its"),
    ):
        fetched(tmp_path, url, page=1)


REFERRAL = f"""dn: ou=elsewhere,{BASE}
objectClass: referral
objectClass: extensibleObject
ou: elsewhere
ref: ldap://ldap.courts.example/ou=Dana%20Private,dc=courts,dc=example
"""


@needs_slapd
def test_a_part_that_another_server_has_is_told_as_not_read(tmp_path):
    with directory(tmp_path, f"{tree()}\n{REFERRAL}") as url:
        items = fetched(tmp_path, url, page=1)
        assert sorted(people(items)) == ["00017", "00019"]
        (told,) = [item for item in items if isinstance(item, Remark)]
        assert told.unread
        assert "refers to ldap.courts.example for a part of the branch" in told.text
        assert "Private" not in repr(told)
        with pytest.raises(SourceDown, match="base lies on another server"):
            fetched(tmp_path, url, base=f"ou=elsewhere,{BASE}")


@needs_slapd
def test_a_night_is_not_called_complete_where_a_part_was_not_read(tmp_path):
    table = f"""connector = "hr_ldap"
base = "{BASE}"
user = "{READER}"
password = {{ env = "LDAP_PASSWORD" }}
kind = "openldap"
url = """
    agency = {"agency_code": "17", "name": "Department of Transportation"}
    rows = [{"platform": "x", "handle": "heron", "agency_code": "17", "status": "active"}]
    seen = {"export": [{"platform": "x", "handle": "otter"}]}
    state = State(tmp_path, accounts=seen, official=rows, agencies=[agency])
    (tmp_path / "ldap").mkdir()
    with directory(tmp_path / "ldap", f"{tree()}\n{REFERRAL}") as url:
        rewritten(state, "audit.toml", {'connector = "hr_csv"\npath = "hr.csv"': f'{table}"{url}"'})
        night = state.night()
    assert night.people == 2
    assert [one.where for one in night.problems if "was not read" in one.reason] == ["ldap:ldap.courts.example"]
    figures = [one for one in night.measured if (one.source, one.key) == ("directory", "read")]
    assert [(one.part, one.whole, one.held) for one in figures] == [(1, 2, False)]


REFERRALS = [
    # (the address that a server refers to, the host that is told; "" for nothing to tell)
    ("ldap://dc2.child.example.gov/DC=child,DC=example,DC=gov", "dc2.child.example.gov"),
    ("ldap://ForestDnsZones.example.gov/DC=ForestDnsZones,DC=example,DC=gov", ""),
    ("ldap://DomainDnsZones.example.gov/DC=DomainDnsZones,DC=example,DC=gov", ""),
    ("ldap://example.gov/CN=Configuration,DC=example,DC=gov", ""),
    ("ldap://[", "another server"),
]


@pytest.mark.parametrize(("address", "host"), REFERRALS)
def test_what_active_directory_refers_to(tmp_path, address, host):
    """Its own branches, which a search of a whole domain always names, list nobody."""
    with answering((b"\x73", octets(address.encode())), (b"\x65", DONE)) as url:
        told = [item for item in fetched(tmp_path, url) if isinstance(item, Remark)]
    assert [(one.where, one.unread) for one in told] == ([(f"ldap:{host}", True)] if host else [])


DONE = b"\x0a\x01\x00\x04\x00\x04\x00"
"""resultCode success, no matchedDN, no message."""


def octets(text: bytes) -> bytes:
    return b"\x04" + bytes([len(text)]) + text


def message(request: bytes, tag: bytes, content: bytes) -> bytes:
    """One LDAP message (RFC 4511) in BER that answers a request: with its number."""
    start = 2 + (request[1] & 0x7F if request[1] & 0x80 else 0)
    inner = request[start : start + 2 + request[start + 1]] + tag + bytes([len(content)]) + content
    return b"\x30" + bytes([len(inner)]) + inner


@contextmanager
def answering(
    *messages: tuple[bytes, bytes], begun: bytes = b"", again: bytes = b"", pause: float = 0
) -> Iterator[str]:
    """A server that lets everybody in and answers the search with messages (tag, content) and what is `begun`, then
    sends `again` after each `pause`."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(message(connection.recv(4096), b"\x61", DONE))
        search = connection.recv(4096)
        connection.sendall(b"".join(message(search, *one) for one in messages) + begun)
        with suppress(OSError):
            while again:
                time.sleep(pause)
                connection.sendall(again)
            connection.recv(4096)

    with Server(talk, reads=False) as server:
        yield server.url.replace("http", "ldap")


BEGUN = b"\x30\x84\x7f\xff\xff\xff"
"""The head of a message of two gigabytes."""
ENDLESS = [
    (BEGUN, b"\x00", 0.01, {"most_minutes": 0.005}, "takes too long; raise most_minutes"),
    (BEGUN, b"\x00", 0.01, {"most_minutes": 0.005, "timeout": 0.2}, "takes too long; raise most_minutes"),
    (b"", b"", 0, {"most_minutes": 0.005}, "takes too long; raise most_minutes"),
    (b"", b"", 0, {"timeout": 1}, "connection failed"),
    (BEGUN, b"\x00" * 1024**2, 0, {}, "larger than 1 MB; lower page"),
]


@pytest.mark.parametrize(("begun", "again", "pause", "options", "words"), ENDLESS)
def test_a_server_that_never_ends(tmp_path, monkeypatch, begun, again, pause, options, words):
    monkeypatch.setattr(ldap, "MOST_BYTES", 1024**2)
    began = time.monotonic()
    with answering(begun=begun, again=again, pause=pause) as url, pytest.raises(SourceDown, match=words):
        fetched(tmp_path, url, SYSTEM, **options)
    assert time.monotonic() - began < 5


TROUBLES = [
    ({"user": "cn=nobody,dc=maine,dc=example"}, "user or password is wrong"),
    ({"base": "ou=none,dc=maine,dc=example"}, "base names no entry|may not read"),
    ({"user": ""}, "does not let us in|base names no entry|may not read|LDAPPassword"),
    ({"filter": "(((broken"}, "connection failed"),
]


@needs_slapd
@pytest.mark.parametrize(("options", "words"), TROUBLES)
def test_troubles_are_sentences_without_secrets(tmp_path, url, options, words):
    with pytest.raises(SourceDown, match=words) as caught:
        fetched(tmp_path, url, **options)
    assert CANARY not in str(caught.value)
    assert str(caught.value).startswith("hr: the directory at 127.0.0.1: ")


@needs_slapd
@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed: no certificate for the server")
def test_encryption_is_checked(tmp_path, monkeypatch):
    key, certificate = tmp_path / "key.pem", tmp_path / "ca.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*command, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    tls = f"TLSCertificateFile {certificate}\nTLSCertificateKeyFile {key}"
    with directory(tmp_path, tree(), tls=tls, scheme="ldaps") as url:
        assert sorted(people(fetched(tmp_path, url, ca_file="ca.pem"))) == ["00017", "00019"]
        with pytest.raises(SourceDown, match="connection failed"):
            fetched(tmp_path, url)  # signed by nobody that the system knows
        with pytest.raises(SourceDown, match="connection failed"):
            fetched(tmp_path, url.replace("127.0.0.1", "localhost"), ca_file="ca.pem")  # made out to another name
    (tmp_path / "turned").mkdir()
    monkeypatch.setattr(ldap, "loopback", lambda _: False)
    with directory(tmp_path / "turned", tree(), tls=tls) as url:  # TLS is turned on after the connection is made
        assert sorted(people(fetched(tmp_path, url, ca_file="ca.pem"))) == ["00017", "00019"]


def test_nobody_there(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(SourceDown, match="connection failed"):
        fetched(tmp_path, f"ldap://127.0.0.1:{port}")


OPTIONS = [
    ({"url": "https://dc1.example.gov"}, "must be like ldaps://"), ({"url": ""}, "must be like"),
    ({"kind": "novell"}, "kind in audit.toml"), ({"attributes": {"home": "homePhone"}}, "'home' is none of"),
    ({"attributes": "x"}, "table of names"),
    ({"password": "plain"}, "not written"), ({"ca_file": "none.pem"}, "ca_file"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "words"), OPTIONS)
def test_options_that_cannot_be_used(tmp_path, options, words):
    with pytest.raises(SourceDown, match=words):
        fetched(tmp_path, **{"url": "ldap://127.0.0.1:9", **options})


EXPIRIES = [
    ("0", None), ("9223372036854775807", None), ("", None), ("134152380000000000", date(2026, 2, 10)), ("9" * 30, None),
    ("2026-06-30", date(2026, 6, 30)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "day"), EXPIRIES)
def test_the_last_day(text, day):
    attributes = {"employee_id": ["1"], "mail": ["a@maine.gov"], "expires": [text] if text else []}
    assert hr_ldap.parse(Raw({"attributes": attributes}, "hr", "ldap:x", "0" * 64)).end_on == day


@pytest.mark.parametrize(("text", "unread"), [("end of June", ("end_date",)), ("0", ()), ("9" * 30, ()), ("", ())])
def test_a_last_day_that_cannot_be_read_is_unknown(text, unread):
    attributes = {"employee_id": ["1"], "mail": ["a@maine.gov"], "expires": [text] if text else []}
    assert hr_ldap.parse(Raw({"attributes": attributes}, "hr", "ldap:x", "0" * 64)).unread == unread


def test_an_entry_without_an_id():
    with pytest.raises(BadRow, match="no employee id"):
        hr_ldap.parse(Raw({"attributes": {"mail": ["a@maine.gov"]}}, "hr", "ldap:x", "0" * 64))
