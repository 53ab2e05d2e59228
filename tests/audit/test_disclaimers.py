"""Disclaimers in any phrasing, and the look-alikes that are none. All texts are invented for these tests."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.disclaimers import Disclaimer, read_disclaimer
from audit.evaluate import default_organization
from audit.reading import read_profile

DISCLAIMERS = """
Views are my own.
All views expressed are my own and not those of my employer.
Opinions mine
Opinions expressed here are mine and mine alone
tweets are mine
My tweets, my opinions.
Tweets do not represent my employer
Thoughts expressed here do not reflect those of the State of Maine
The information on this site is not posted on behalf of the State of Maine
The postings on this page are not made on behalf of the State of Maine.
I do not speak for DHHS
I don't speak for MaineDOT.
Posts here aren't on behalf of my agency
Not speaking for my employer
I'm not speaking on behalf of the State.
Tweeting in my personal capacity
Posting as a private citizen
Personal account, views my own
Personal page of a state worker
Opinions are my own, not my department's
views != employer
Views ≠ my boss's
Views not necessarily those of the Department
This account is not affiliated with my employer.
Nothing I post represents the Maine Department of Labor
Nothing here should be taken as an official statement of the State
My employer doesn't endorse anything I say
My boss has nothing to do with this account
Mes tweets n'engagent que moi
Les propos tenus ici n'engagent que leur auteur
Tweets à titre personnel
Opinions personnelles
Mes opinions ne reflètent pas celles de mon employeur
Opiniones personales
Mis opiniones son mías
Las opiniones son a título personal
Opiniones propias, no representan a mi empleador
Cuenta personal
Hablo a título personal
Aquí hablo solo por mí
No hablo en nombre del Estado de Maine
All thoughts my own
Thoughts mine, typos too
Ramblings are entirely my own
Everything here is my own opinion
Anything I say here is my opinion only
I speak only for myself
I tweet for myself, not my employer
Speaking for myself
Posts reflect my personal opinions
These are my personal opinions and not the opinions of the State
Personal opinions only
Personal views.
Strictly personal views
Just my opinions
My opinions do not represent anyone else
Opinions are mine and no one else's
views mine, not gov't
Views are mine; they are not the Commissioner's
Any opinions are my own and not the opinions of the Bureau of Insurance
Not an official State of Maine account
Unofficial. Not endorsed by the State of Maine.
This is my personal page and not an official state page
Not official.
The opinions on this account are those of the author and do not represent those of the agency
The views expressed are solely those of the author
RTs are not endorsements, views are my own
Opinions and views are mine; likes/RTs aren't endorsements
I work for the state but don't represent it here
I work at DEP but tweets are mine.
Opinions here = mine
vws r my own
all opinions r mine
Views my own.
#ViewsMyOwn
opinions my own & don't reflect my employer
My views may not be my employer's
Statements here are not statements of Maine DHHS.
Off-duty account.
Opinions are my dog's, not my employer's
Blame me, not my employer
My agency would not approve this message
In no way do these tweets reflect the position of the Department of Corrections
Not posted in any official capacity
On here in a personal capacity
Everything I share is in an individual capacity.
Views are my own and should not be attributed to the State of Maine.
comments are my own
Comments are mine, not work's
Please don't confuse my opinions with those of my employer
Opinions solely my own
opinions = my own
words are my own
my views only
My own views
my words, my views
Posting for myself and nobody else
not representing my agency
I represent only myself
Represents only my own views
Doesn't represent the views of any organization
no government endorsement. opinions mine
Here as myself, not as a state employee
Tweets are personal and not from the State
All content is my own opinion and not that of my employer
I am solely responsible for what I post here
Views expressed don't represent those of any employer past or present
Only my opinion, never the Department's
Opinions expressed are personal
It's just me talking, not the department
Views: mine.
My posts not the Department's
mes propos n'engagent pas mon employeur
Compte personnel - je ne parle pas au nom du ministère
opinions here belong to me alone
All views are personal & don't represent my org
Views are solely mine
views own
Own views
All my own views
opinions are 100% mine
Thoughts & opinions are my own
Retweets aren't endorsements and opinions are mine
Likes ≠ endorsements. Opinions ≠ my employer.
The State of Maine does not endorse or approve anything I say here.
The opinions here in no way represent those of the Maine State Police
This is a personal profile.
Private views of a public servant
Expressing my personal views
This account reflects my personal opinions only
""".strip().splitlines()

LOOK_ALIKES = """
RT ≠ endorsement
Retweets are not endorsements
Likes and follows don't imply endorsement
Views from the top of Katahdin
I own my own business
My dogs are my own pack
Opinionated Mainer
Views rarely my own
Views are never my own
Opinions are those of my employer
My views are those of the State of Maine
All views expressed are the official position of the Department
I speak for MaineDOT
Official account of the Maine Department of Labor
Official voice of the agency. Comments by users do not reflect the views of the State.
Comments posted by the public do not represent the views of this agency
We reserve the right to remove comments. Visitors' opinions are their own.
Opinions mine after 5pm
Views mine on weekends, otherwise the Governor's
views are mine and my employer's
Usual disclaimers apply
Personal trainer and dad
Personal injury attorney in Portland
Ocean views, big opinions
Working on behalf of Mainers
Representing the people of District 12
I represent injured workers
Speaking truth to power
Speaker, author, coach. My own boss.
Follow my personal account @someone
Not all who wander are lost
No opinions here, just cats
Tweets about my own garden
Everything I own is from Reny's
Not a morning person
I don't work for free
Not responsible for lost items
Employees should not use state email for personal accounts
Link in bio. DMs open.
Views & news from Augusta
Views count: 1M
Opinion editor at the Press Herald
Public opinion researcher
Posts by staff of the Bureau of Parks
Tweets by the comms team
My opinions are the Commissioner's opinions
Opinions are like noses
State employee
Personal finance nerd
I post daily
Views of Casco Bay
My own worst enemy
Mine is the better lobster roll
Stop taking my tweets personally
I only speak for the trees
You do not speak for me
No views, no filter
Compte officiel du gouvernement
Cuenta oficial del estado
Opinión y noticias de Maine
RT no es respaldo
RT n'est pas approbation
Follows ≠ endorsements; this account is monitored M-F 8-5
Not monitored 24/7. In an emergency call 911.
Photos are my own
All recipes are my own
""".strip().splitlines()

ENDORSEMENT_ONLY = """
RT ≠ endorsement
Retweets are not endorsements
Likes and follows don't imply endorsement
Follows ≠ endorsements; this account is monitored M-F 8-5
""".strip().splitlines()


@pytest.mark.parametrize("text", DISCLAIMERS)
def test_says_for_whom_its_owner_speaks(text: str) -> None:
    disclaimer, quoted = read_disclaimer(text)
    assert disclaimer in (Disclaimer.GENERIC, Disclaimer.EMPLOYER)
    assert quoted
    assert quoted in text


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_is_no_disclaimer(text: str) -> None:
    assert read_disclaimer(text)[0] in (Disclaimer.NONE, Disclaimer.ENDORSEMENT_ONLY)


@pytest.mark.parametrize("text", ENDORSEMENT_ONLY)
def test_speaks_of_retweets_alone(text: str) -> None:
    assert read_disclaimer(text)[0] is Disclaimer.ENDORSEMENT_ONLY


@pytest.mark.parametrize(
    ("bio", "expected", "words"),
    [
        ("The information on this site is not posted on behalf of the State of Maine.", "state", "State of Maine"),
        ("Views are not those of MaineDOT", "state", "MaineDOT"),
        ("These tweets aren't MaineDOT's", "state", "MaineDOT's"),
        ("Tweets = me. Not ME DOL, not the Governor.", "state", "Not ME DOL"),
        ("Opinions are not my employer's.", "employer", "Opinions are not my employer's"),
        ("Opinions are mine. MaineDOT planner.", "generic", "Opinions are mine"),
        ("MaineDOT planner. RT ≠ endorsement", "endorsement_only", "RT ≠ endorsement"),
        ("MaineDOT planner.", "none", ""),
    ],
)
def test_tells_how_far_a_disclaimer_goes(bio: str, expected: str, words: str) -> None:
    reading = read_profile("jay", "Jay", bio, "", default_organization())
    assert reading.disclaimer == expected
    quoted = reading.disclaimer_span.text if reading.disclaimer_span else ""
    assert words in quoted


@pytest.mark.parametrize(
    "text",
    [
        "𝗩𝗶𝗲𝘄𝘀 𝗺𝘆 𝗼𝘄𝗻",
        "Viеws mу оwn",
        "VIEWS MY OWN",
        "v i e w s   m y   o w n",
        "Vi\u200bews my\u00ad own",
        "Ｖｉｅｗｓ ｍｙ ｏｗｎ",
    ],
)
def test_reads_through_styled_and_hidden_letters(text: str) -> None:
    disclaimer, quoted = read_disclaimer(text)
    assert disclaimer is Disclaimer.GENERIC
    assert quoted == text


@given(st.text(max_size=60), st.sampled_from(DISCLAIMERS))
def test_quotes_are_verbatim_whatever_stands_before(noise: str, text: str) -> None:
    whole = f"{noise}\n{text}"
    _, quoted = read_disclaimer(whole)
    assert quoted in whole
