"""Exported logs of sign-ins and inventories of applications: which row is which evidence, and which is none."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors import saas_inventory, signin_log
from connectors.contract import Connector, Dropped, Item, Purpose, Raw, Rejected, Remark, Source, SourceDown
from connectors.platforms import platform_id
from connectors.records import FIRST_SIGN_IN, SIGN_IN, Account, Strength
from connectors.reference import table
from connectors.sign_ins import apps, events

STRONG, WEAK = Strength.STRONG, Strength.WEAK
DAY = datetime(2026, 11, 20, tzinfo=UTC)
X = "49625052041-kgt0hghf445lmcmhijv46b715m2mpbct.apps.googleusercontent.com"
MAIL = "https://www.googleapis.com/auth/userinfo.email"
ENTRA = "Date (UTC),User,Username,Authentication Protocol,Application,Application ID ,App owner tenant ID,Home tenant ID,IP address,Status"  # noqa: E501
AUDIT = "Date (UTC),Activity,Result,ActorUserPrincipalName,Target1DisplayName,Target1ModifiedProperty1Name,Target1ModifiedProperty1NewValue,Target1ModifiedProperty2Name,Target1ModifiedProperty2NewValue"  # noqa: E501
GOOGLE = "Date,Event,Description,Actor,Application name,Application ID,Scope,IP address"
TOKENS = "Event Name,Event Description,User,Application Name,Client ID,Scope,Date"
ANALYTICS = "TimeGenerated [UTC],UserPrincipalName,AppDisplayName,AppId,ResultType,Status"
REPORTS = "actor.email,app_name,client_id,id.time,ipAddress,name,scope"
OKTA = "timestamp,actor.alternate_id,event_type,outcome.result,target0.type,target0.display_name,target1.type,target1.display_name"  # noqa: E501
APPS = "App,App Domain,Email,Auth Method,First Seen,Last Seen,Account Status"
STANDS_FOR = {
    "AT": "2026-11-12T10:30:00.000Z", "CONSENT": "Consent to application", "SSO": "user.authentication.sso",
    "IP": "198.51.100.1",
}  # fmt: skip
ADMIN, ALL = "ConsentContext.IsAdminConsent", "ConsentContext.OnBehalfOfAll"


def read(folder: Path, connector: Connector[Account], text: str, **more: object) -> list[Item]:
    (folder / "log.csv").write_text(text, encoding="utf-8")
    purpose = more.pop("purpose", None)
    assert purpose is None or isinstance(purpose, Purpose)
    source = Source("log", folder, {"path": "log.csv", **more}, day=DAY, purpose=purpose)
    return list(connector.fetch(source))


def told(items: list[Item], connector: Connector[Account]) -> list[tuple[str, str, Strength]]:
    found = [connector.parse(one) for one in items if isinstance(one, Raw)]
    return [(one.registered_email, one.platform, one.registration) for one in found if one]


@pytest.mark.parametrize(
    ("headings", "row", "expected"),
    [
        # Google: an id of the platform's own button, with the address; the same without it; a name alone; what is none
        (GOOGLE, f'AT,Authorize,d,a@x.gov,X,{X},"{MAIL}, openid",IP', ("x", STRONG)),
        (GOOGLE, f"AT,Authorize,d,a@x.gov,Anything,{X},email openid,IP", ("x", STRONG)),
        (GOOGLE, f"AT,Authorize,d,a@x.gov,X,{X},openid,IP", ("x", WEAK)),
        (GOOGLE, f"AT,Authorize,d,a@x.gov,Pinterest,1-a,{MAIL},IP", ("pinterest", WEAK)),
        (GOOGLE, f"AT,Authorize,d,a@x.gov,LinkedIn Scraper,1-a,{MAIL},", events.NOT_LISTED),
        (GOOGLE, f"AT,Revoke,d,a@x.gov,X,{X},{MAIL},IP", events.NO_SIGN_IN),
        (GOOGLE, f"AT,Activity,d,a@x.gov,X,{X},{MAIL},IP", events.NO_SIGN_IN),
        (GOOGLE, f'"Nov 12, 2026, 10:30:00 AM EST",Authorize,d,a@x.gov,X,{X},email,', ("x", STRONG)),
        (TOKENS, f'Authorize,d,a@x.gov,X,{X},"{MAIL}",AT', ("x", STRONG)),
        # Entra, sign-ins: names alone; failed; of the own tenant; over SAML; products that are none of a platform's own
        (ENTRA, 'AT,"Doe, A",a@x.gov,OAuth 2.0,LinkedIn,id1,o,t,IP,Success', ("linkedin", WEAK)),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,LINKEDIN,id1,o,t,IP,Success", ("linkedin", WEAK)),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,LinkedIn,id1,o,t,IP,Failure", events.FAILED),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,LinkedIn,id1,o,t,IP,Interrupted", events.FAILED),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,GitHub,id1,t,t,IP,Success", events.ADMINISTERED),
        (ENTRA, "AT,A,a@x.gov,SAML 2.0,GitHub,id1,o,t,IP,Success", events.ADMINISTERED),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,LinkedIn Learning,id1,o,t,,Success", events.NOT_LISTED),
        (ENTRA, "AT,A,a@x.gov,OAuth 2.0,Hootsuite,id1,o,t,,Success", events.NOT_LISTED),
        (ENTRA, "2026-12-24T10:30:00Z,A,a@x.gov,OAuth 2.0,LinkedIn,id1,o,t,,Success", events.LATER),
        (ENTRA, "AT,A,a_example.org#EXT#@x.gov,OAuth 2.0,LinkedIn,id1,o,t,,Success", events.GUEST),
        # Entra, consent: one's own; an administrator's; for all; of which the log does not say whose
        (AUDIT, f"AT,CONSENT,success,a@x.gov,Pinterest,{ADMIN},False,{ALL},False", ("pinterest", WEAK)),
        (AUDIT, f"AT,CONSENT,success,a@x.gov,Pinterest,{ADMIN},True,{ALL},False", events.FOR_EVERYBODY),
        (AUDIT, f"AT,CONSENT,success,a@x.gov,Pinterest,{ADMIN},False,{ALL},True", events.FOR_EVERYBODY),
        (AUDIT, "AT,CONSENT,success,a@x.gov,Pinterest,,,,", events.FOR_EVERYBODY),
        (AUDIT, f"AT,CONSENT,failure,a@x.gov,Pinterest,{ADMIN},False,,", events.FAILED),
        (AUDIT, "2026-11-12,Add application,success,a@x.gov,Pinterest,,,,", events.NO_SIGN_IN),
        # Entra's log out of Log Analytics; Google's by the Reports API
        (ANALYTICS, 'AT,a@x.gov,LinkedIn,id1,0,"{""errorCode"":0}"', ("linkedin", WEAK)),
        (ANALYTICS, 'AT,a@x.gov,LinkedIn,id1,50126,"{""errorCode"":50126}"', events.FAILED),
        (REPORTS, f"a@x.gov,X,{X},AT,IP,authorize,{MAIL}", ("x", STRONG)),
        (REPORTS, f"a@x.gov,X,{X},AT,IP,revoke,{MAIL}", events.NO_SIGN_IN),
        # Okta: what stands on the organization's own sign-on page
        (OKTA, "AT,a@x.gov,SSO,SUCCESS,AppInstance,X,AppUser,A", events.ADMINISTERED),
        (OKTA, "AT,a@x.gov,user.session.start,SUCCESS,,,,", events.NO_SIGN_IN),
    ],
)  # fmt: skip
def test_what_a_row_of_a_log_says(tmp_path, headings, row, expected):
    for word, meant in STANDS_FOR.items():
        row = re.sub(rf"\b{word}\b", meant, row)
    items = read(tmp_path, signin_log.CONNECTOR, f"{headings}\n{row}\n")
    if isinstance(expected, str):
        assert [one for one in items if not isinstance(one, Remark)] == [Dropped(1, expected)]
    else:
        assert told(items, signin_log.CONNECTOR) == [("a@x.gov", *expected)]
        assert "198.51" not in repr(items)


def test_a_time_before_there_were_such_accounts_is_none(tmp_path):
    row = "1970-01-01T00:00:00Z,A,a@x.gov,OAuth 2.0,LinkedIn,id1,o,t,,Success"
    (rejected,) = read(tmp_path, signin_log.CONNECTOR, f"{ENTRA}\n{row}\n")
    assert isinstance(rejected, Rejected)
    assert "the time of the sign-in cannot be read" in rejected.reason


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("LinkedIn,linkedin.com,a@x.gov,OAuth grant,2024-01-02,2026-11-10,Active", ("linkedin", STRONG)),
        ("LinkedIn,https://www.linkedin.com/,a@x.gov,Email; OAuth,,2026-11-10,Active", ("linkedin", STRONG)),
        (",linkedin.com,a@x.gov,Browser extension,,2026-11-10,", ("linkedin", STRONG)),
        ("LinkedIn,,a@x.gov,OAuth,,2026-11-10,Active", ("linkedin", WEAK)),
        ("Facebook,facebook.com,a@x.gov,Email,,2026-11-10,Active", ("facebook", WEAK)),
        ("Facebook,facebook.com,a@x.gov,,,2026-11-10,Active", ("facebook", WEAK)),
        ("Facebook,facebook.com,a@x.gov,Moonlight,,2026-11-10,Active", ("facebook", WEAK)),
        ("Facebook,facebook.com,a@x.gov,OAuth,,2026-11-10,Deleted", saas_inventory.CLOSED),
        ("LinkedIn,linkedin.com,a@x.gov,SAML,,2026-11-10,Active", events.ADMINISTERED),
        ("LinkedIn,linkedin.com,a@x.gov,OAuth; SCIM,,2026-11-10,Active", events.ADMINISTERED),
        ("LinkedIn Learning,linkedin.com,a@x.gov,OAuth,,2026-11-10,Active", events.NOT_LISTED),
        ("LinkedIn,linkedin-helper.example,a@x.gov,OAuth,,2026-11-10,Active", events.NOT_LISTED),
        ("Tumblr,maria.tumblr.com,a@x.gov,OAuth,,2026-11-10,Active", events.NOT_LISTED),
        ("Slack,slack.com,a@x.gov,OAuth,,2026-11-10,Active", events.NOT_LISTED),
        ("Twitter,x.com,a@x.gov,OAuth,,2026-11-10,Active", ("x", STRONG)),
    ],
)
def test_what_a_row_of_an_inventory_says(tmp_path, row, expected):
    items = read(tmp_path, saas_inventory.CONNECTOR, f"{APPS}\n{row}\n")
    if isinstance(expected, str):
        assert items == [Dropped(1, expected)]
    else:
        assert told(items, saas_inventory.CONNECTOR) == [("a@x.gov", *expected)]
    assert [one for one in items if isinstance(one, Remark)] == [] or "Moonlight" in row


def test_sign_ins_of_one_person_are_one_item_and_the_strongest_counts(tmp_path):
    rows = [
        f"2026-11-{day}T10:30:00Z,Authorize,d,{who},{name},{client},{MAIL},198.51.100.1"
        for day, who, name, client in (
            ("10", "Ada@x.gov", "X", "1-a"), ("12", "ada@x.gov", "X", X), ("14", "ada@x.gov", "X", X),
            ("15", "ADA@x.gov", "X", "1-a"), ("11", "lee@x.gov", "X", X),
        )
    ]  # fmt: skip
    items = read(tmp_path, signin_log.CONNECTOR, "\n".join((GOOGLE, *rows)))
    ada, lee = (signin_log.parse(one) for one in items if isinstance(one, Raw))
    assert [one for one in items if isinstance(one, Dropped)] == [Dropped(3, events.FURTHER)]
    piece, first = ada.evidence
    assert (piece.kind, piece.strength, piece.observed_at) == (
        SIGN_IN,
        STRONG,
        datetime(2026, 11, 14, 10, 30, tzinfo=UTC),
    )
    assert piece.detail == (
        "Signed in to X (formerly Twitter) with the state account ada@x.gov 2 times between 2026-11-12 and 2026-11-14"
        f" (application X, client id {X})"
    )
    assert (first.kind, first.observed_at) == (FIRST_SIGN_IN, datetime(2026, 11, 12, 10, 30, tzinfo=UTC))
    assert len(lee.evidence) == 1
    assert " on 2026-11-11 (" in lee.evidence[0].detail


@pytest.mark.parametrize(
    ("purpose", "expected"),
    [(None, []), (Purpose.WORK, [("a@x.gov", "x", WEAK)]), (Purpose.PUBLIC, [("a@x.gov", "x", WEAK)])],
)
def test_a_sign_on_by_okta_is_what_audit_toml_says_it_is(tmp_path, purpose, expected):
    row = "2026-11-12T10:30:00.000Z,a@x.gov,user.authentication.sso,SUCCESS,AppInstance,X,AppUser,A"
    items = read(tmp_path, signin_log.CONNECTOR, f"{OKTA}\n{row}\n", purpose=purpose)
    assert told(items, signin_log.CONNECTOR) == expected


def test_what_audit_toml_says_of_applications(tmp_path):
    row = "2026-11-12T10:30:00Z,A,a@x.gov,OAuth 2.0,{},{},o,t,198.51.100.1,Success"
    text = "\n".join([ENTRA, row.format("Our name for it", "id-7"), row.format("GitHub", "id-8"), ""])
    items = read(tmp_path, signin_log.CONNECTOR, text, applications={"ID-7": "LinkedIn"}, for_work=["github"])
    assert told(items, signin_log.CONNECTOR) == [("a@x.gov", "linkedin", STRONG)]
    assert Dropped(1, events.ADMINISTERED) in items
    for wrong in ({"applications": {"id-7": "Nowhere"}}, {"applications": ["id-7"]}, {"for_work": "GitHub"}):
        with pytest.raises(SourceDown, match=r"^log: .*audit\.toml"):
            read(tmp_path, signin_log.CONNECTOR, text, **wrong)


def test_what_nobody_knows_is_told_and_counts_for_nothing(tmp_path):
    row = "2026-11-12T10:30:00Z,A,{},OAuth 2.0,LinkedIn,id,o,t,198.51.100.1,{}"
    text = "\n".join([ENTRA, row.format("a@x.gov", "Erfolgreich"), row.format("Jane Doe", "Success"), ""])
    items = read(tmp_path, signin_log.CONNECTOR, text)
    assert not told(items, signin_log.CONNECTOR)
    assert [one.where for one in items if isinstance(one, Rejected)] == ["log.csv:3"]
    (remark,) = (one for one in items if isinstance(one, Remark))
    assert "'Erfolgreich'" in remark.text
    items = read(tmp_path, signin_log.CONNECTOR, text, words={"Erfolgreich": "yes"})
    assert told(items, signin_log.CONNECTOR) == [("a@x.gov", "linkedin", WEAK)]
    foreign = f"2026-11-12T10:30:00Z,Autorisieren,d,a@x.gov,X,{X},{MAIL},198.51.100.1"
    items = read(tmp_path, signin_log.CONNECTOR, f"{GOOGLE}\n{foreign}\n")
    assert ["'Autorisieren'" in one.text for one in items if isinstance(one, Remark)] == [True]
    with pytest.raises(SourceDown, match="words in audit"):
        read(tmp_path, signin_log.CONNECTOR, text, words={"Erfolgreich": "perhaps"})


@pytest.mark.parametrize(
    ("connector", "text"),
    [
        (signin_log.CONNECTOR, "employee_id,given_name,work_email\n1,Ada,ada@x.gov\n"),
        (signin_log.CONNECTOR, "platform,handle,registered_email\nx,ada,ada@x.gov\n"),
        (saas_inventory.CONNECTOR, "employee_id,given_name,work_email\n1,Ada,ada@x.gov\n"),
        (saas_inventory.CONNECTOR, "Username,Application\nada@x.gov,LinkedIn\n"),
    ],
)
def test_another_export_is_refused(tmp_path, connector, text):
    with pytest.raises(SourceDown):
        read(tmp_path, connector, text)


@pytest.mark.parametrize(
    ("addresses", "platform"),
    [
        (["https://www.linkedin.com/callback", "https://linkedin.com/a"], "linkedin"),
        (["https://www.linkedin.com/callback", "https://scraper.example/a"], ""),
        (["http://www.linkedin.com/callback"], ""),
        (["https://linkedin.com.example/callback"], ""),
        (["https://evil-linkedin.com/callback"], ""),
        (["https://maria.wordpress.com/callback"], ""),
        (["https://wordpress.com/callback"], "wordpress"),
        (["https://www.tumblr.com/callback"], "tumblr"),
        (["https://api.x.com/callback", "https://twitter.com/callback"], "x"),
        (["linkedin.com"], ""),
        (["https://[/callback"], ""),
        ([None], ""),
        ([], ""),
    ],
)
def test_whose_the_addresses_of_an_application_are(addresses, platform):
    assert apps.platform_at_all(addresses) == platform


def test_the_tables():
    rows = table("sign_in_apps.csv")
    names = [apps.folded_name(name) for row in rows for name in row["names"].split(";")]
    assert [platform_id(row["platform"]) for row in rows] == [row["platform"] for row in rows]
    assert len(set(names)) == len(names)
    assert not {"slack", "zoom", "canva", "hootsuite"} & set(names)
    words = table("sign_in_words.csv")
    assert {row["column"] for row in words} == {"event", "outcome", "how"}
    assert len({(row["column"], row["word"].casefold()) for row in words}) == len(words)
    assert all(row["means"] and row["source"] for row in words)
