"""Disclaimers in any phrasing, and the look-alikes that are none. All texts are invented for these tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.profiles import Disclaimer, read_profile
from audit.profiles.disclaimers import _rows
from audit.profiles.example_state import default_organization
from audit.profiles.text import words_of
from connectors.reference import table
from tests.case_lines import case_lines

MAINE = default_organization()
DISCLAIMED = {Disclaimer.GENERIC, Disclaimer.EMPLOYER, Disclaimer.STATE}


def disclaimed(bio: str) -> tuple[Disclaimer, str]:
    """What a biography disclaims, and in which words."""
    reading = read_profile("", "", bio, "", MAINE)
    return reading.disclaimer, reading.disclaimer_span.text if reading.disclaimer_span else ""


DISCLAIMERS = """
Views are my own.
All views expressed are my own and not those of my employer.
Opinions mine
Opinions on this page are mine and mine alone
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
Views represent me alone
Personal tweets of a state worker
These thoughts are mine; blame nobody else
Opinions are own
The stuff here is mine, not work's
Tweets = mine
Whatever I post here is mine alone
Posts are personal; not on behalf of any agency.
What you read here is not state policy, just me
This is a non-work account
Work stuff stays at work, this is just me
Not tweeting for work
I am not a spokesperson for my agency
I'm not an official spokesman for DOC
Not a spokesperson.
Thoughts do not equal my employer's
My employer disagrees with everything I say
My views ≠ State's views
The views of this account do not represent those of the Maine DOE
Anything posted here is done as a private citizen
opinions voiced are personal
Here for me, not for the State
no official opinions
no opinions here are the State's
Any opinion is solely mine
All opinions are strictly my own
Own opinions
Own opinions, not those of employer
All tweets personal
Tweets personal, not professional
Tweets are my personal opinion
I post in my own name
writing for myself
My own thoughts, not my agency's
Not in my official capacity
I don't represent anyone but myself
I do not represent the State
Doesn't represent my employer.
Does not represent views of employer
Not reflective of my employer's views
Not the views of my employer
Not the opinion of the state government
These are not the views of the Department
My statements should not be attributed to my employer
Nothing here reflects my agency
None of this represents DHHS
None of what I say here is official
Do not attribute my words to the State
My views do not necessarily align with my employer's
Views may differ from those of my employer
Opinions differ from my employer's
My opinions are separate from my job
Opinions aren't my employer's
Opinions ain't my boss's
any views mine
Views, typos & bad jokes all mine
My views, not yours, not theirs
My thoughts. Not my employer's.
views strictly personal
Strictly private account, not state business
views are of my own
Views are solely my own and do not express the views of my employer
The content of this page is mine and doesn't reflect the position of any state agency
opinions here are that of my own
Any posts are my own opinion
posts = personal views
I tweet what I think, not what the State thinks
All views are those of me, myself and I
Views: entirely my own
views expressed are mine not the companies
Retweets ≠ endorsement; views = own
(views mine)
[opinions my own]
*Views are my own*
~ views are my own ~
VIEWS ARE MY OWN!!!
views r mine alone
vues personnelles
Mes tweets sont personnels
Ce compte est personnel
Propos strictement personnels
Ceci est un compte personnel, pas celui de l'État
Mes mots ne représentent pas l'opinion du gouvernement
Tweets personnels n'engageant que moi
Opiniones mías
Tuits personales
Mis tuits no representan a mi trabajo
Todo lo que digo es a título personal
Lo que publico es mi opinión personal
Opiniones estrictamente personales
Lo aquí expresado no representa la posición del Estado
Esta es mi cuenta personal
No represento a ninguna institución
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
The usual caveats
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
I represent District 5
My own boss, my own rules
Own your story
Opinions welcome!
Personal chef
Personal growth junkie
Private pilot
Unofficial mayor of Orono
Not your average nurse
My opinions are always right
Your opinion is not my problem
I have opinions
Strong opinions, loosely held
Opinions change
Views from a bridge inspector
The official page for MEMA; content posted by followers isn't ours
Statements by commenters are theirs alone
Please do not post personal information
Do not report emergencies here
State-run page. Posts may be public record.
We are the state's voice on energy
I only tweet about my cats
This is not a drill
Not for profit
On behalf of all moms: coffee
I work on behalf of kids
Speaking up for victims
Represented by WME
Affiliated with the Teamsters
My employer is amazing
Employer of 3 cats
Comments off
No comment
Just me and my dog
It's just me
All mine
Mine. All mine.
Be your own hero
I own a boat
Tweets about politics and my personal life
Views may be offensive
My words are weapons
In my own little world
Living life on my own terms
My views on fishing
Thoughts and prayers
I speak French
I speak for the trees
Everything is fine
Nous représentons l'État
Hablo español
Mi opinión importa
RT pas endossement
Las opiniones de los usuarios no son nuestras
""".strip().splitlines()

ENDORSEMENT_ONLY = """
RT ≠ endorsement
Retweets are not endorsements
Likes and follows don't imply endorsement
Follows ≠ endorsements; this account is monitored M-F 8-5
""".strip().splitlines()


@pytest.mark.parametrize("text", DISCLAIMERS)
def test_says_for_whom_its_owner_speaks(text: str) -> None:
    disclaimer, quoted = disclaimed(text)
    assert disclaimer in DISCLAIMED
    assert quoted
    assert quoted in text


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_is_no_disclaimer(text: str) -> None:
    assert disclaimed(text)[0] in (Disclaimer.NONE, Disclaimer.ENDORSEMENT_ONLY)


@pytest.mark.parametrize("text", ENDORSEMENT_ONLY)
def test_speaks_of_retweets_alone(text: str) -> None:
    assert disclaimed(text)[0] is Disclaimer.ENDORSEMENT_ONLY


@pytest.mark.parametrize(
    ("bio", "expected", "words"),
    [
        ("The information on this site is not posted on behalf of the State of Maine.", "state", "State of Maine"),
        ("Views are not those of MaineDOT", "state", "MaineDOT"),
        ("These tweets aren't MaineDOT's", "state", "MaineDOT's"),
        ("Posts = me. Not ME DEP, not the Commissioner.", "state", "Not ME DEP"),
        ("Opinions are not my employer's.", "employer", "Opinions are not my employer's"),
        ("Opinions are mine. MaineDOT planner.", "generic", "Opinions are mine"),
        ("MaineDOT planner. RT ≠ endorsement", "endorsement_only", "RT ≠ endorsement"),
        ("MaineDOT planner.", "none", ""),
    ],
)
def test_tells_how_far_a_disclaimer_goes(bio: str, expected: str, words: str) -> None:
    reading = read_profile("jay", "Jay", bio, "", MAINE)
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
    disclaimer, quoted = disclaimed(text)
    assert disclaimer is Disclaimer.GENERIC
    assert quoted == text


@given(st.text(max_size=60), st.sampled_from(DISCLAIMERS))
def test_quotes_are_verbatim_whatever_stands_before(noise: str, text: str) -> None:
    whole = f"{noise}\n{text}"
    _, quoted = disclaimed(whole)
    assert quoted in whole


READ_AS = {"+": DISCLAIMED, "e": {Disclaimer.ENDORSEMENT_ONLY}}


@pytest.mark.parametrize("line", case_lines(Path(__file__).parent / "disclaimer_cases.txt"))
def test_tells_disclaimers_from_their_look_alikes(line: str) -> None:
    label, text = line.split(" ", 1)
    assert disclaimed(text)[0] in READ_AS.get(label, {Disclaimer.NONE, Disclaimer.ENDORSEMENT_ONLY})


@pytest.mark.parametrize("line", case_lines(Path(__file__).parent / "disclaimer_cases.txt"))
def test_a_row_is_tried_wherever_it_matches(line: str) -> None:
    text = words_of(line.split(" ", 1)[1]).text.strip()
    for _, held, pattern in _rows():
        assert not held or not pattern.search(text) or any(piece in text for piece in held), held


FOR_WHOM = [
    ("My comments do not represent Kennebec County.", "none"),
    ("Opinions mine, not those of the Town of Woolwich.", "none"),
    ("Posts are my own and don't reflect the Commonwealth of Virginia", "none"),
    ("Tweets not reviewed by the US Army", "none"),
    ("Views my own. Proud of the City of Bath", "generic"),
    ("Views my own | Ohio native", "generic"),
    ("Views mine, not my employer's or the Town of Unity's", "employer"),
    ("Views mine, not those of MaineDOT or Knox County", "state"),
]


@pytest.mark.parametrize(("words", "expected"), FOR_WHOM)
def test_a_disclaimer_for_another_government_is_none_for_ours(words: str, expected: str) -> None:
    bio = f"Planner at MaineDOT. {words}"
    assert read_profile("kim", "Kim", bio, "", MAINE).disclaimer == expected
    tied = read_profile("kim", "Kim", words, "", MAINE, tied=True)
    assert (tied.disclaimer == "none") == (expected == "none")


WHOSE = [
    ("My students' opinions are their own", "none"),
    ("Speaking for those who have no voice", "none"),
    ("Results not representative", "none"),
    ("Samples for personal use only", "none"),
    ("Find my personal tweets at @kimtwo", "none"),
    ("Views mine Mon to Fri 6pm-7am", "none"),
    ("Visiting authors speak for themselves", "none"),
    ("Posts ≠ legal advice", "none"),
    ("Writing from my own porch", "none"),
    ("If you dont like my posts dont read them", "none"),
    ("Las opiniones de los visitantes no representan a la revista", "none"),
    ("Not reviewed or approved by the Bureau", "employer"),
    ("Don't quote me as the agency", "employer"),
    ("Mistakes are on me, not on the Bureau", "employer"),
    ("Never tweeting in any official manner", "employer"),
    ("Views (& my terrible puns) are my own", "generic"),
    ("Opinions and dog pictures are mine", "generic"),
    ("What I write, I write as myself", "generic"),
    ("#MyViewsOnly", "generic"),
    ("opinyons mine", "generic"),
    ("Je ne m'exprime jamais au nom du ministère", "employer"),
    ("Mes opinions sont les miennes", "generic"),
    ("Aquí hablo únicamente por mí", "generic"),
    ("Mis palabras no representan a la agencia", "employer"),
    ("Opiniões apenas minhas", "generic"),
    ("Aqui não falo pelo governo", "employer"),
    ("Waa fikradayda gaarka ah", "generic"),
    ("Ma matalayo dowladda", "employer"),
    ("التغريدات هنا شخصية", "generic"),
    ("لا أتحدث باسم الولاية", "employer"),
    ("Ich schreibe hier nur für mich", "generic"),
    ("个人观点", "generic"),
]


@pytest.mark.parametrize(("text", "expected"), WHOSE)
def test_whose_words_and_about_what(text: str, expected: str) -> None:
    assert disclaimed(text)[0] == expected


def test_every_row_in_another_language_says_what_it_means() -> None:
    spoken = {"disclaimer_languages.csv": "words", "work_languages.csv": "words", "context_languages.csv": "words",
              "foreign_names.csv": "names", "state_service.csv": "phrase"}  # fmt: skip
    for name, column in spoken.items():
        rows = [row for row in table(name) if row["language"]]
        assert {"fr", "es", "pt", "so", "ar"} <= {row["language"] for row in rows}
        assert all(row[column].strip() and row["gloss"].strip() for row in rows)
