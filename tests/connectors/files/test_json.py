"""JSON as systems export it: lists, lists in an object, pretty-printed or nested objects; read right or refused."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from audit.verbs.exports import recognize
from connectors import accounts_csv, files, hr_csv
from connectors.contract import Dropped, Item, Nexus, Raw, Rejected, Remark, Source, SourceChanged, SourceDown
from connectors.files import json_documents

A, B = {"platform": "x", "handle": "ann"}, {"platform": "x", "handle": "bea"}
PRETTY = json.dumps([A, B], indent=2)
NEXT = "https://graph.example/users?$skiptoken=1"


def read(folder: Path, text: str | bytes, name: str = "list.json", **options: Any) -> list[Item]:
    (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return list(accounts_csv.CONNECTOR.fetch(Source("list", folder, {"path": name, **options})))


def found(items: list[Item]) -> str:
    rows = (f"{item.where.rpartition(':')[2]}={item.values['handle']}" for item in items if isinstance(item, Raw))
    return ", ".join(rows)


DOCUMENTS = [
    ("a list", json.dumps([A, B]), "item 1=ann, item 2=bea"),
    ("pretty", PRETTY, "item 1=ann, item 2=bea"),
    ("with a mark", "\ufeff\n " + PRETTY, "item 1=ann, item 2=bea"),
    ("value", json.dumps({"@odata.context": "…", "value": [A, B]}), "item 1=ann, item 2=bea"),
    (
        "data after an empty list",
        json.dumps({"errors": [], "meta": {"n": 2}, "rows": [A, B]}),
        "item 1=ann, item 2=bea",
    ),
    ("pretty Resources", json.dumps({"schemas": ["urn:x"], "Resources": [A, B]}, indent=1), "item 1=ann, item 2=bea"),
    ("within two", json.dumps({"status": "ok", "d": {"results": [A, B]}}), "item 1=ann, item 2=bea"),
    ("objects one after the other", json.dumps(A, indent=2) + "\n" + json.dumps(B, indent=2), "item 1=ann, item 2=bea"),
    ("one a line", json.dumps(A) + "\n\n" + json.dumps(B), "1=ann, 3=bea"),
    ("one alone", json.dumps(A), "1=ann"),
    ("one alone, pretty", json.dumps(A, indent=2), "item 1=ann"),
]


@pytest.mark.parametrize("chunk", [7, json_documents.CHUNK])
@pytest.mark.parametrize("name", ["list.json", "list.jsonl", "list.json.gz"])
@pytest.mark.parametrize(("kind", "text", "expected"), DOCUMENTS, ids=[kind for kind, *_ in DOCUMENTS])
def test_every_form_of_a_list_is_read(
    kind: str, text: str, expected: str, name: str, chunk: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_documents, "CHUNK", chunk)
    content = text.encode()
    items = read(tmp_path, gzip.compress(content) if name.endswith(".gz") else content, name)
    got = found(items)
    assert got == expected or (
        chunk == 7 and "one a" in kind and got.replace("item ", "") in (expected, "1=ann, 2=bea")
    )


FAULTS = [
    ('[{"platform": "x", "handle": NaN}]', "NaN is not a JSON value"),
    ('[{"platform": "x", "handle": "a", "handle": "b"}]', "a key stands twice"),
    ('[["x", "ann"]]', "not a JSON object"),
    ('[{"platform": "x", "handle": {"a": "b"}}]', "list or an object"),
    ('[{"platform": "x", "handle": ["a", "b"]}]', "list or an object"),
    (b'[{"platform": "x", "handle": "J\xf8rn"}]', "not UTF-8"),
]


@pytest.mark.parametrize(("text", "reason"), FAULTS)
def test_an_item_that_is_not_strict_costs_itself_only(text: str | bytes, reason: str, tmp_path: Path) -> None:
    content = text if isinstance(text, bytes) else text.encode()
    items = read(tmp_path, content[:-1] + b', {"platform": "x", "handle": "bea"}]')
    first, second = items
    assert isinstance(first, Rejected)
    assert reason in first.reason
    assert first.where == "list.json:item 1"
    assert found([second]) == "item 2=bea"


REFUSED = [
    (
        '[{"platform": "x", "handle": "ann"}, {"platf',
        SourceDown,
        r"is cut off, or is not JSON \(after item 1",
    ),
    ('[{"platform": "x", "handle": "ann"}', SourceDown, "cut off"),
    ('[{"platform": "x" "handle": "ann"}]', SourceDown, "is not JSON"),
    (PRETTY + "x", SourceDown, "not JSON"),
    (json.dumps({"users": [A], "groups": [B]}), SourceChanged, r"two lists of objects \('users' and 'groups'\)"),
    (json.dumps([{"id": 1, "who": "ann"}]), SourceChanged, r"none of the keys platform.*keys found are: 'id', 'who'"),
    ("[" * 5000, SourceDown, "nested too deeply"),
]


@pytest.mark.parametrize(("text", "fault", "sentence"), REFUSED, ids=[sentence for *_, sentence in REFUSED])
def test_a_document_that_is_no_list_is_refused(
    text: str, fault: type[Exception], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(fault, match=sentence):
        read(tmp_path, text)


PAGES = [
    ({"value": [A], "@odata.nextLink": NEXT}, "'@odata.nextLink' beside the list names a next page"),
    ({"nextPageToken": "abc", "users": [A]}, "'nextPageToken' beside the list names a next page"),
    ({"totalResults": 2, "Resources": [A]}, "'totalResults' beside the list says 2 where 1 items stand"),
    ({"totalResults": 1, "Resources": [A], "next": None}, ""),
]


@pytest.mark.parametrize(("document", "said"), PAGES)
def test_one_page_of_several_is_told_and_no_directory(document: dict[str, Any], said: str, tmp_path: Path) -> None:
    told = [item for item in read(tmp_path, json.dumps(document)) if isinstance(item, Remark) and item.unread]
    assert [said in item.text for item in told] == [True] * bool(said)
    person = {"employee_id": "1", "full_name": "Ann Lee", "work_email": "ann@vermont.gov"}
    whole = {key: [person] if value == [A] else value for key, value in document.items()}
    (tmp_path / "hr.json").write_text(json.dumps(whole), encoding="utf-8")
    source = Source("directory", tmp_path, {"path": "hr.json"})
    if said:
        with pytest.raises(SourceDown, match="is a part of the list"):
            list(hr_csv.CONNECTOR.fetch(source))
    else:
        assert len(list(hr_csv.CONNECTOR.fetch(source))) == 1


PEOPLE: list[tuple[str, dict[str, Any], dict[str, str], str]] = [
    (
        "scim",
        {
            "userName": "bo",
            "name": {"givenName": "Bo", "familyName": "Hale"},
            "emails": [
                {"value": "bo@example.org", "type": "home"},
                {"value": "bo@vermont.gov", "type": "work", "primary": True},
            ],
            "urn:x:User": {"employeeNumber": "0071"},
        },
        {"employee_id": "urn:x:User.employeeNumber", "work_email": "emails.work"},
        "0071 Bo Hale bo@vermont.gov",
    ),
    (
        "primary",
        {
            "employee_id": "0071",
            "name": {"givenName": "Bo", "familyName": "Hale"},
            "emails": [{"address": "bo@example.org"}, {"address": "bo@vermont.gov", "primary": True}],
        },
        {"work_email": "emails.primary"},
        "0071 Bo Hale bo@vermont.gov",
    ),
    (
        "one in a list",
        {
            "employee_id": "0071",
            "name": {"givenName": "Bo", "familyName": "Hale"},
            "work_email": "bo@vermont.gov",
            "organizations": [{"title": "Planner"}],
        },
        {"title": "organizations.title"},
        "0071 Bo Hale bo@vermont.gov",
    ),
    (
        "which of several",
        {
            "employee_id": "0071",
            "name": {"givenName": "Bo", "familyName": "Hale"},
            "work_email": "bo@vermont.gov",
            "organizations": [{"title": "Planner"}, {"title": "Clerk"}],
        },
        {"title": "organizations.title"},
        "organizations holds 2 objects, and none of them alone is marked as the primary one",
    ),
    (
        "a field of several types",
        {
            "employee_id": "0071",
            "name": {"givenName": "Bo", "familyName": "Hale"},
            "emails": [{"value": "a@x.org", "type": "home"}, {"value": "bo@vermont.gov", "type": "work"}],
        },
        {"work_email": "emails"},
        "emails holds values of several types; name the one that is meant in columns: 'emails.home', 'emails.work'",
    ),
]


@pytest.mark.parametrize("name", ["hr.json", "hr.jsonl"])
@pytest.mark.parametrize(("kind", "person", "columns", "expected"), PEOPLE, ids=[kind for kind, *_ in PEOPLE])
def test_nested_objects_are_read_by_their_way_or_refused(
    kind: str, person: dict[str, Any], columns: dict[str, str], expected: str, name: str, tmp_path: Path
) -> None:
    text = json.dumps([person]) if name.endswith("json") else json.dumps(person)
    (tmp_path / name).write_text(text, encoding="utf-8")
    columns = {"given_name": "name.givenName", "family_name": "name.familyName", **columns}
    source = Source("directory", tmp_path, {"path": name, "columns": columns})
    (item,) = hr_csv.CONNECTOR.fetch(source)
    if isinstance(item, Raw):
        names = ("employee_id", "given_name", "family_name", "work_email")
        assert " ".join(item.values[name] for name in names) == expected
        assert "example.org" not in "".join(item.values.values())
    else:
        assert isinstance(item, Rejected)
        assert expected in item.reason


def test_a_large_document_is_sifted_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", -1)
    monkeypatch.setattr(json_documents, "CHUNK", 1 << 16)
    rows = [{"platform": "x", "handle": f"u{number}", "bio": "garden " * 80} for number in range(20_000)]
    rows[777]["bio"] = "ann@vermont.gov"
    (tmp_path / "list.json").write_text(json.dumps({"data": rows}), encoding="utf-8")
    source = Source("list", tmp_path, {"path": "list.json"}, Nexus(domains=("vermont.gov",)))
    tracemalloc.start()
    items = list(accounts_csv.CONNECTOR.fetch(source))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found(items) == "item 778=u777"
    assert sum(item.count for item in items if isinstance(item, Dropped)) == len(rows) - 1
    assert peak < 7 * 1024**2  # of 12 MB


def test_what_lies_beside_exports_in_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "manifest.json").write_text('{"version": 1}', encoding="utf-8")
    (tmp_path / "in" / "list.csv").write_text("platform,handle\nx,ann\n", encoding="utf-8")
    items = list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "in"})))
    assert found(items) == "2=ann"
    assert [item.where for item in items if isinstance(item, Remark) and item.unread] == ["in/manifest.json"]
    (tmp_path / "in" / "list.csv").unlink()
    (tmp_path / "in" / "manifest.json").write_text(PRETTY, encoding="utf-8")
    assert len(list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "in"})))) == 2


def test_a_directory_of_an_api_is_recognized_with_its_nested_keys(tmp_path: Path) -> None:
    users = [
        {
            "primaryEmail": f"{name}@vermont.gov",
            "name": {"givenName": name, "familyName": "Moss"},
            "externalIds": [{"value": f"10{name}", "type": "organization"}],
            "emails": [{"address": f"{name}@vermont.gov", "primary": True}, {"address": "x@x.org", "type": "home"}],
        }
        for name in ("ann", "bo")
    ]
    (tmp_path / "users.json").write_text(json.dumps({"kind": "users", "users": users}, indent=1), encoding="utf-8")
    export = recognize(tmp_path / "users.json")
    assert export.connector == "hr_csv"
    assert export.columns == {
        "given_name": "name.givenName",
        "family_name": "name.familyName",
        "work_email": "primaryEmail",
        "employee_id": "externalIds.organization",
    }
    source = Source("directory", tmp_path, {"path": "users.json", "columns": export.columns})
    people = [item.values for item in hr_csv.CONNECTOR.fetch(source) if isinstance(item, Raw)]
    assert [(one["employee_id"], one["given_name"], one["work_email"]) for one in people] == [
        ("10ann", "ann", "ann@vermont.gov"),
        ("10bo", "bo", "bo@vermont.gov"),
    ]
