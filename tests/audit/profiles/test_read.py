"""What profiles say, as a careful person reads them. All people, handles and texts are invented for these tests."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.model.organization import Organization
from audit.profiles import Affiliation, read_profile, shows_a_mark
from audit.profiles.example_state import default_organization
from connectors.records import Agency
from tests.case_lines import case_lines

HERE = Path(__file__).parent
MAINE = default_organization()

PROFILES = """
employee|jdoe|Jane Doe|Planner at MaineDOT. Mom of two.
employee|jdoe|Jane Doe|Environmental specialist, Maine DEP
employee|jdoe|Jane|I work for the State of Maine. Opinions mine.
employee|jdoe|Jane|State of Maine employee, dog lover
employee|jdoe|Jane|Proud employee of the Maine Department of Labor
employee|jdoe|Jane|Caseworker @ DHHS. Mainer.
employee|jdoe|Jane|Child protective caseworker with Maine OCFS
employee|jdoe|J|Maine State Trooper. Husband. Dad.
employee|jdoe|Rick|Maine Game Warden since 2004
employee|jdoe|Rick|Game warden in northern Maine. Ski bum.
employee|jdoe|Rick|Corrections officer at Maine State Prison
employee|jdoe|Rick|CO @ Mountain View Correctional Facility, Maine DOC
employee|jdoe|Rick|IT guy for MaineIT
employee|jdoe|Rick|Sysadmin, Maine Office of Information Technology
employee|jdoe|Rick|Assistant Attorney General, State of Maine. Views mine.
employee|jdoe|Rick|Epidemiologist @MEPublicHealth
employee|jdoe|Rick|Wildlife biologist, Maine Inland Fisheries & Wildlife
employee|jdoe|Rick|Fisheries biologist for Maine Dept. of Marine Resources
employee|jdoe|Rick|Marine Patrol Officer, Maine DMR
employee|jdoe|Rick|park ranger, Maine Bureau of Parks and Lands
employee|jdoe|Rick|Forest ranger w/ the Maine Forest Service
employee|jdoe|Rick|Legislative analyst, Office of Fiscal and Program Review, Maine Legislature
employee|jdoe|Rick|Staff at the Maine Legislature. Tweets my own.
employee|jdoe|Rick|Law clerk, Maine Supreme Judicial Court
employee|jdoe|Rick|Librarian at the Maine State Library
employee|jdoe|Rick|Curator, Maine State Museum
employee|jdoe|Rick|Tax examiner at Maine Revenue Services
employee|jdoe|Rick|Summer intern at MaineDOT
employee|jdoe|Rick|Je travaille pour le Maine DHHS. Maman.
employee|jdoe|Rick|Trabajo para el Departamento de Trabajo de Maine (MDOL)
employee|jdoe|Rick|Public health nurse with Maine CDC
employee|jdoe|Rick|snowplow driver, MaineDOT. Views my own
employee|jdoe|Rick|MaineDOT by day, DJ by night
employee|jdoe|Rick|Bureaucrat (Maine DAFS).
employee|jdoe|Rick|Former teacher, now at Maine DOE
employee|jdoe|Rick|Retired Army. Now working for Maine DHHS.
employee|jdoe|Rick|Formerly WSDOT. Currently MaineDOT.
employee|jdoe|Rick|Dir. of Comms @ Maine Dept of Corrections
employee|jdoe|Rick|Communications Director for Maine Governor Janet Mills
employee|jdoe|Rick|Deputy Commissioner, Maine Department of Economic & Community Development
employee|jdoe|Rick|GIS @ Maine Office of GIS
employee|jdoe|Rick|State employee. Augusta, Maine. MSEA member.
employee|jdoe|Rick|Maine state employee, union steward MSEA-SEIU 1989
employee|jdoe|Rick|My day job is at the Land Use Planning Commission. Bangor
employee|jdoe|Rick|Hydrogeologist. ME DEP. Tweets are mine
employee|jdoe|Rick|Work: rick.doe@maine.gov
employee|jdoe|Rick|Soldier, Husband, MDOT worker in Bangor Maine
employee|jdoe|Rick|Project manager @MaineDOT1
employee|jdoe|Rick|Paralegal in the Maine AG's office
employee|jdoe|Rick|Dispatcher, Maine DPS
employee|jdoe|Rick|Bridge designer. Views ≠ State of Maine
employee|jdoe|Rick|Maine BMV. Yes, I can renew your license. No, not here.
employee|jdoe|Rick|Engineer I, Bridge Program, MaineDOT
employee|jdoe|Rick|Social worker (DHHS), Lewiston Maine
employee|jdoe|Rick|Trooper, Maine State Police. Views my own
employee|jdoe|Rick|MSP Trooper, Troop C, Skowhegan Maine
branded_person|MaineDOT_Mike|Mike|Plow driver
branded_person|TrooperJones_MSP|Trooper Jones|Maine State Police
branded_person|WardenSmith|Warden Smith - Maine Warden Service|wild
branded_person|jane_mainedhhs|Jane at Maine DHHS|caseworker
branded_person|jdoe|Jane Doe, Maine DEP|Water lover
branded_person|jdoe|Jane Doe (Maine CDC)|epi, runner
branded_person|mainestatetrooper_lee|Lee|Dad. Views my own.
branded_person|RangerRick_BaxterSP|Ranger Rick|Baxter State Park ranger, Millinocket
branded_person|SgtBrownMSP|Sgt. Brown|Maine State Police K9 handler
branded_person|MaineWardenPete|Pete|Maine Warden Service. my tweets
branded_person|MDOC_Karen|Karen C.O.|Maine Department of Corrections. mom
outlet|MaineBMV|Maine BMV|Official page of the Maine Bureau of Motor Vehicles
outlet|MaineDHHSHelp|Maine DHHS Help Desk|We help you with benefits. Call us.
outlet|mainestatepolice|Maine State Police|Follow us for updates.
outlet|MEStateArchives|Maine State Archives|Preserving Maine's records since 1965
outlet|MaineDMR|Maine Department of Marine Resources|News and regulations
outlet|MaineForestService|Maine Forest Service|
outlet|MaineDOTRegion1|MaineDOT Region 1|Southern Maine road work updates
outlet|maineflu|Flu Facts|A program of the Maine CDC. We keep you healthy.
outlet|MEDOLCareers|Maine Department of Labor Careers|We're hiring
outlet|StateOfMaine|State of Maine|Official
outlet|MainePublicHealth|Maine Public Health|Official updates from the Maine CDC
outlet|ME_Revenue|Maine Revenue Services|Tax tips. Not monitored 24/7
outlet|MaineTaxReliefOfficial|Maine Tax Relief|Official government tax relief program
outlet|MaineDOC|Maine Department of Corrections|Making our neighborhoods safer
former|jdoe|Rick|Retired Maine State Trooper
former|jdoe|Rick|Ex-MaineDOT. Now selling boats.
former|jdoe|Rick|Former Maine DHHS caseworker, now in private practice
former|jdoe|Rick|Previously: Maine DEP, EPA Region 1
former|jdoe|Rick|Worked at the Maine Department of Labor for 30 years
former|jdoe|Rick|Maine Warden Service (retired)
former|jdoe|Rick|Retired from the State of Maine
former|jdoe|Rick|Past life: MaineDOT engineer
former|jdoe|Rick|I used to work for DHHS. Bangor
former|jdoe|Rick|ex-DHHS. Bangor
former|jdoe|Rick|MaineDOT 1988-2016. Golf.
former|jdoe|Rick|Alum of Maine DECD and the Governor's Office
former|jdoe|Rick|Ancien employé du Maine DOT
former|jdoe|Rick|Exempleada de Maine DHHS
former|jdoe|Rick|Maine State Police, retired 2015
former|jdoe|Rick|Was a game warden in Maine for 25 years
former|jdoe|Rick|Served as Maine Attorney General. Lawyer.
none|jdoe|Rick|Born and raised in Maine
none|jdoe|Rick|Mainer. Red Sox. Lobster.
none|jdoe|Rick|Wife of a Maine State Trooper
none|jdoe|Rick|Proud mom of a MaineDOT engineer
none|jdoe|Rick|Aspiring Maine Game Warden
none|jdoe|Rick|Future Maine State Trooper
none|jdoe|Rick|Reporter covering the Maine Legislature for the BDN
none|jdoe|Rick|Holding Maine DHHS accountable since 2010
none|jdoe|Rick|Suing Maine DOC
none|jdoe|Rick|Fan of the Maine State Museum
none|jdoe|Rick|Volunteer at Baxter State Park
none|jdoe|Rick|Ohio DOT engineer
none|jdoe|Rick|Works at NH DHHS. From Maine originally.
none|jdoe|Rick|Alabama DOT
none|jdoe|Rick|caseworker, DHHS, Manchester NH
none|jdoe|Rick|University of Maine student
none|jdoe|Rick|Professor at UMaine Orono
none|jdoe|Rick|Candidate for Maine State Senate
none|jdoe|Rick|Running for Governor of Maine
none|jdoe|Rick|Not affiliated with MaineDOT
none|MaineDOTParody|Maine DOT (parody)|potholes forever
none|MaineDOTFails|MaineDOT Fails|documenting potholes
none|MSEA1989|MSEA-SEIU|Union of Maine state workers
none|MaineTroopersAssoc|Maine State Troopers Association|We represent troopers
none|CumberlandSO|Cumberland County Sheriff|Maine
none|PortlandMEPolice|Portland Police|City of Portland, Maine
none|MaineGOP|Maine Republican Party|
none|MaineGuide|Registered Maine Guide|Licensed by the State of Maine
none|electrician_me|Bob|Master electrician licensed by the State of Maine
none|jdoe|Rick|Notary Public, State of Maine
none|jdoe|Rick|I love the great State of Maine
none|jdoe|Rick|Living in the state of Maine
none|jdoe|Rick|Hiking Baxter State Park
none|jdoe|Rick|Contractor for MaineDOT
none|jdoe|Rick|MaineDOT certified flagger
none|FBIBoston|FBI Boston|Covering Maine, MA, NH, RI
none|NWSGray|NWS Gray|National Weather Service in Gray, Maine
none|USAttyMaine|US Attorney Maine|U.S. Department of Justice, District of Maine
none|MaineNationalGuardFan|Jim|US Army
none|jdoe|Rick|Former Maine resident
none|jdoe|Rick|USDA forest service. Maine.
none|jdoe|Rick|Maine Coon breeder
none|TheMaine|The Maine|band from Arizona
none|jdoe|Rick|The Maine fan account
none|MEDOC_wines|Médoc|Bordeaux wines
none|jdoe|Rick|tell ME about it. DEP. resist
none|jdoe|Rick|Dept of Defense analyst
none|jdoe|Rick|Department of Labor, Washington DC
none|jdoe|Rick|VA nurse in Augusta Maine
none|jdoe|Rick|Teacher, RSU 5, Freeport Maine
none|jdoe|Rick|Maine Medical Center nurse
none|MaineTravelBlog|Maine Travel Blog|We love Maine state parks
none|jdoe|Rick|Follow @MaineDOT for road info
none|jdoe|Rick|DEP = Dog, Eat, Play. Maine
none|jdoe|Rick|Not a Maine State employee
none|jdoe|Rick|Son of a Maine game warden, grandson of a lobsterman
none|jdoe|Rick|Policy reporter. Maine DHHS, Medicaid, hospitals
none|jdoe|Rick|Podcast about the Maine State Police cold cases
none|jdoe|Rick|Attorney. I sue the State of Maine.
none|jdoe|Rick|Parent of a child taken by Maine DHHS
none|michiganMSP|Michigan State Police|MSP
none|mspnews|MSP|Minneapolis airport
none|jdoe|Rick|Massachusetts State Police trooper. MSP
none|jdoe|Rick|NC DHHS eligibility
none|jdoe|Rick|FL DEP park ranger
none|jdoe|Rick|Bureau of Land Management
none|jdoe|Rick|Maine State Senator, District 5
none|jdoe|Rick|Commission on Public Defense rostered attorney. Not a state employee
employee|kd_17|Kelly D|Mother, Contracts, Maine Department of Administrative & Financial Services. Opinions my own.
employee|tomtom|Tom|Geologist. Maine Geological Survey. Coffee snob
employee|anna_b|Anna B.|She/her | Policy wonk @MaineDHHS | UMaine alum | Views mine
employee|bigdog|Big Dog|MDOT plow guy. Bangor ME. GO PATS
employee|z|Zed|Husband: potter. Me: MaineDOT planner
employee|z|Zed|Dad - MaineDOT planner - runner
employee|z|Zed|Dad (MaineDOT)
employee|z|Zed|Husband - father - MaineDOT
employee|z|Zed|Mom (2 kids), wife (15 years), nurse (Maine DHHS)
employee|z|Zed|Husband (lucky), father (tired), MaineDOT engineer
employee|z|Zed|Mom - 2 boys, wife - 10 yrs, Maine DHHS caseworker
employee|z|Zed|she/her: MaineDOT planner
employee|z|Zed|Software Engineer at State of Maine
employee|z|Zed|Senior programmer analyst - State of Maine (OIT)
employee|z|Zed|Maine native, UMaine grad, and Maine DEP air quality planner
employee|z|Zed|Data nerd for the State of Maine, cat dad
employee|z|Zed|Work for Maine's Department of Education; opinions = mine
employee|z|Zed|Regional Forester, Maine Forest Service. Hunter. Husband.
employee|z|Zed|Assistant Director, Maine Bureau of Insurance
employee|z|Zed|Paid by the taxpayers of Maine: MaineDOT engineer
employee|z|Zed|Environmental Engineer (ME DEP), kayaker, dad
employee|z|Zed|Lobster biologist @ DMR, Boothbay, Maine
employee|z|Zed|Press secretary, Office of the Maine Attorney General
employee|z|Zed|Law enforcement officer with Maine Marine Patrol
employee|z|Zed|Maine CDC public health nurse; mom; quilter
employee|z|Zed|20 years with MaineDOT and counting
employee|z|Zed|Economist at the Governor's Office of Policy Innovation and the Future. Maine.
employee|z|Zed|Public servant at Maine DHHS. Tweets are personal.
employee|z|Zed|Grants manager, Maine Emergency Management Agency (MEMA)
employee|z|Zed|MEMA planner in Augusta
employee|z|Zed|Communications @ MDIFW. Bird nerd. Bangor
employee|z|Zed|I inspect bridges for MaineDOT and bake bread
employee|z|Zed|Hearing examiner, Maine Workers' Compensation Board
employee|z|Zed|Interim Director at Maine Office of Child and Family Services
employee|z|Zed|State of Maine IT. Linux. Beer.
employee|z|Zed|Maine DOL - unemployment claims. Be nice to me.
employee|z|Zed|EMT, firefighter, Maine DPS dispatcher
employee|z|Zed|Fulltime at the BMV in Lewiston, Maine. Part time musician
employee|z|Zed|Judicial marshal, Maine Judicial Branch
employee|z|Zed|Investigador del Departamento de Trabajo de Maine. Opiniones personales.
employee|z|Zed|Fonctionnaire au Maine Department of Transportation. Tweets perso.
employee|z|Zed|Ex-Army. Current Maine State Trooper.
employee|z|Zed|Was a chef, now a caseworker with Maine DHHS
employee|z|Zed|Retired USAF; Maine DOC probation officer
employee|z|Zed|Husband to @lori, dad to 3, planner at @MaineDOT1
employee|z|Zed|Not a bot. Maine DEP hydrologist.
employee|z|Zed|Nights: drummer. Days: Maine Revenue Services.
employee|z|Zed|Married to a teacher. I work at Riverview Psychiatric Center. Bangor
employee|z|Zed|Maine Prisoner Re-entry; Maine Department of Corrections Regional Correctional Administrator
employee|z|Zed|Deputy Secretary of State, Maine
branded_person|Trooper_Kate|Trooper Kate MSP|Proud mom. Bangor
branded_person|warden_joe|Maine Warden Joe|snow, sleds
branded_person|kim_MaineDEP|Kim|water person
branded_person|MaineDHHS_Deb|Deb|My views
branded_person|DeputyComm_Lee_MDOL|Lee|Deputy Commissioner, Maine Department of Labor
branded_person|rangerpat|Ranger Pat, Maine State Parks|Follow my day on the trail
branded_person|me_forest_ranger_bob|Forest Ranger Bob (Maine)|Dad
branded_person|jjones|Jon Jones - Maine DHHS|Views my own
branded_person|MSP_K9_Bruno|Trooper Hall & K9 Bruno|Maine State Police K9 team
outlet|MaineDEM|Maine Emergency Management|Official updates
outlet|dacf_maine|Maine DACF|Maine Department of Agriculture, Conservation and Forestry
outlet|MaineParks|Maine State Parks|Your parks. Official account of the Bureau of Parks and Lands
outlet|MaineAGO|Maine Attorney General|Press releases and consumer alerts
outlet|MaineHumanRights|Maine Human Rights Commission|We enforce the Maine Human Rights Act.
outlet|MaineLottery|Maine State Lottery|Play responsibly
outlet|MaineSOS|Maine Department of the Secretary of State|Elections, BMV, archives
outlet|MaineDHHS_Jobs|Maine DHHS Jobs|Join our team!
outlet|BridgeLane|Bridge Lane Project|Construction project of the Maine Department of Transportation. Updates here.
outlet|mpuc_maine|Maine PUC|Maine Public Utilities Commission - regulating utilities
outlet|MaineCDCvaccine|Maine CDC Immunization|Program of Maine CDC
outlet|MSPTroopA|MSP Troop A|Maine State Police, York County. Not monitored 24/7.
outlet|maine_crime_tips|Maine Crime Tips|Official tip line of the Maine State Police
former|z|Zed|Retired warden, Maine Warden Service, 27 yrs
former|z|Zed|Maine DEP (ret.)
former|z|Zed|past: MaineDOT, now: consultant
former|z|Zed|Fmr. Maine DHHS. Now at MaineHealth
former|z|Zed|once upon a time a Maine State Trooper
former|z|Zed|Former Deputy Commissioner of the Maine Department of Labor, author
former|z|Zed|Proud retiree of MaineDOT
former|z|Zed|After 30 years at Maine DHHS I'm finally retired
former|z|Zed|ex Maine Department of Corrections officer turned farmer
former|z|Zed|Left state government (Maine DAFS) in 2019
former|z|Zed|Recovering bureaucrat (Maine DHHS)
former|z|Zed|Jubilada de Maine DHHS
former|retired_trooper|Retired MSP Trooper|Fishing. Bangor
none|z|Zed|My dad was a Maine State Trooper
none|z|Zed|My wife works for MaineDOT
none|z|Zed|Husband: Maine DOT. Me: potter
none|z|Zed|Me: potter. Husband: MaineDOT planner
none|z|Zed|Wife: teacher, husband: MaineDOT
none|z|Zed|Husband - Maine DOT | Me - potter
none|z|Zed|Mom (Maine DHHS), dad (farmer)
none|z|Zed|Dad (farmer) & mom (Maine DHHS caseworker)
none|z|Zed|Husband (plow driver, MaineDOT), me (potter)
none|z|Zed|Mother [Maine DHHS], father [retired]
none|z|Zed|Mom - Maine DHHS, dad - farmer
none|z|Zed|Mom—farmer; dad—MaineDOT
none|z|Zed|Sister (Maine DHHS) / brother (Army)
none|z|Zed|Daughter of a Maine DOC officer. Student.
none|z|Zed|Applying to the Maine State Police
none|z|Zed|Thank you Maine State Police!
none|z|Zed|Stand with Maine State Troopers. Back the blue.
none|z|Zed|Covering state government for Maine Public
none|z|Zed|Lawyer. Fighting Maine DHHS in court every day
none|z|Zed|Maine DHHS stole my kids
none|z|Zed|I hate MaineDOT
none|z|Zed|Licensed by the Maine Board of Nursing. RN at Maine Med.
none|z|Zed|RN. State Board of Nursing license #1234
none|z|Zed|Maine DOT approved contractor
none|z|Zed|Vendor to State of Maine agencies
none|z|Zed|Landlord. MaineHousing partner.
none|z|Zed|Board member, Maine Arts Commission
none|z|Zed|Grantee of Maine Arts Commission
none|z|Zed|MaineCare recipient, disabled, proud
none|z|Zed|On MaineCare & loving it
none|z|Zed|Camped at Baxter State Park 40 times
none|z|Zed|Maine Turnpike commuter
none|z|Zed|Playing the Maine Lottery since 1990
none|z|Zed|State rep, Maine House District 12
none|z|Zed|Elected to the Maine Legislature 2022
none|z|Zed|Candidate for Maine Secretary of State
none|z|Zed|Maine Supreme Court watcher
none|z|Zed|Trooper in the Massachusetts State Police
none|z|Zed|NYS DOT. Upstate.
none|z|Zed|DEP, Trenton NJ
none|z|Zed|Department of Corrections, Concord, New Hampshire
none|z|Zed|Park ranger @ Acadia National Park, Maine
none|z|Zed|US Forest Service ranger, White Mountains, Maine
none|z|Zed|York County Sheriff's deputy, Maine
none|z|Zed|Portland, Maine police officer
none|z|Zed|City of Augusta employee
none|z|Zed|Augusta, GA. Department of Public Works
none|z|Zed|Penobscot Nation game warden
none|z|Zed|University of Maine System HR
none|z|Zed|Maine Maritime Academy
none|z|Zed|Maine Army National Guard soldier
none|z|Zed|VA Maine Healthcare nurse
none|z|Zed|Teacher. Maine DOE certified
none|z|Zed|Maine Department Store manager
none|z|Zed|The Maine Event DJ services
none|z|Zed|Bureau chief, AP, Maine
none|z|Zed|DOC Martens lover in Maine
none|z|Zed|MSP airport, Minneapolis
none|z|Zed|MSP: Managed service provider. Maine IT support for small business
none|z|Zed|Maine IT consultant
none|z|Zed|IT professional in Maine
none|z|Zed|Maine health care worker
none|z|Zed|Maine education nerd
none|z|Zed|Public health in Maine
none|z|Zed|Labor organizer, Maine
none|MaineWildlife|Maine Wildlife Photos|Photos of moose
none|MaineHunting|Maine Hunting|Deer, moose, grouse. Not official
none|FireTheMaineGov|Fire the Maine Gov|
none|NotMaineDOT|Not Maine DOT|satire
none|MaineStatePoliceScanner|Maine State Police Scanner|Unofficial scanner feed
none|friendsofbaxter|Friends of Baxter State Park|nonprofit
none|MaineStateMuseumFan|Museum fan|I love the Maine State Museum
none|AFSCME93|AFSCME Council 93|representing Maine DOC officers
none|MaineLibraryAssoc|Maine Library Association|Librarians
none|MaineParentsUnited|Maine parents|Holding DHHS accountable
none|wabi5|WABI|Maine news. Tips to us. Maine State Police scanner
none|DirigoPAC|Dirigo PAC|Electing a new governor of Maine
employee|dl|Dana L.|Fish squeezer for Maine IFW. Beer, hockey, bad puns.
employee|dl|Dana L.|Mom of boys | MaineDOT Fleet Services | Views expressed are my own
employee|dl|Dana L.|By day I regulate pesticides (Maine BPC). By night I knit.
employee|dl|Dana L.|Toxicologist, Maine Center for Disease Control & Prevention
employee|dl|Dana L.|Wetlands + wine. Maine Department of Environmental Protection. UMO '09
employee|dl|Dana L.|Currently @MaineDOE1 supporting rural schools. Ex-principal.
employee|dl|Dana L.|Special agent, Maine Drug Enforcement Agency. Tweets are my own.
employee|dl|Dana L.|Victim witness advocate w/ the Office of the Maine Attorney General
employee|dl|Dana L.|I make maps for the State of Maine
employee|dl|Dana L.|Archivist. Maine State Archives. Cats.
employee|dl|Dana L.|State trooper (Maine). K9 dad. Opinions are mine
employee|dl|Dana L.|Policy advisor to Governor Mills. Runner. Views mine. Bangor
employee|dl|Dana L.|Senior Planner at Maine's Land Use Planning Commission
employee|dl|Dana L.|Clean water geek at Maine DEP; opinions my own, not the State's
employee|dl|Dana L.|Corrections nurse @ Maine State Prison
employee|dl|Dana L.|Child welfare supervisor at OCFS. Bangor
employee|dl|Dana L.|Data scientist. Civil servant in Maine state government.
employee|dl|Dana L.|Bilingual eligibility specialist, Maine DHHS Office for Family Independence
employee|dl|Dana L.|Wildfire + timber. Ranger, Maine Forest Service
employee|dl|Dana L.|My boss is the Maine Secretary of State. Tweets = mine
employee|dl|Dana L.|Highway worker, Maine Department of Transportation, Caribou
employee|dl|Dana L.|Web dev at MaineIT | open source | she/they
employee|dl|Dana L.|Serving Mainers at the Department of Labor's CareerCenter
employee|dl|Dana L.|Work at the Maine legislature, nonpartisan staff
branded_person|MaineDEP_Dana|Dana L.|River nerd, mom
branded_person|dana_mainedot|Dana L.|bridges, dogs
branded_person|SgtCoteMSP|Sgt Cote|Proud father. Bangor
branded_person|dl|Dana (Maine DHHS)|helping families
branded_person|maine_warden_dana|Dana|hunter, mom
branded_person|InvestigatorLeeMaineDOL|Lee|
outlet|MaineFireMarshal|Maine Fire Marshal's Office|Investigating fires statewide
outlet|maine_bhs|Maine Bureau of Highway Safety|Buckle up. Drive sober.
outlet|MaineMEMA|MEMA - Maine Emergency Management Agency|Preparedness info
outlet|VolunteerMaine|Volunteer Maine|The state service commission
outlet|me_dps|Maine Department of Public Safety|Media contact in link
outlet|MaineEnergyOffice|Governor's Energy Office|Maine's energy office. Follow for updates.
outlet|MaineClamHotline|Clam Flat Closures|Official closures from Maine DMR. Updated daily.
former|dl|Dana L.|Retired state worker (MaineDOT), now full-time grandma
former|dl|Dana L.|25 yrs at Maine DHHS. Retired. Loving it.
former|dl|Dana L.|Before teaching I was at Maine DEP
former|dl|Dana L.|Former spokesperson, Maine CDC. Now PR.
former|dl|Dana L.|One-time Maine Marine Patrol officer
former|dl|Dana L.|Formerly of the Maine Attorney General's office
former|dl|Dana L.|ex-Maine State Trooper, PI
none|dl|Dana L.|Trooper's wife. Maine State Police family.
none|dl|Dana L.|Lobbyist at the Maine Legislature
none|dl|Dana L.|Reporter. Courts, cops, Maine State Police.
none|dl|Dana L.|Photographing Maine State Parks one by one
none|dl|Dana L.|Proudly served by MaineDOT plows
none|dl|Dana L.|Tired of Maine DHHS lies
none|dl|Dana L.|Foster parent licensed through Maine DHHS
none|dl|Dana L.|Hope to join the Maine Warden Service
none|dl|Dana L.|My brother is a Maine State Trooper
none|dl|Dana L.|New Hampshire State Trooper living in Maine
none|dl|Dana L.|Vermont DMV clerk
none|dl|Dana L.|Department of Education, Washington DC. Maine roots.
none|dl|Dana L.|Criminal defense attorney. I beat Maine State Police tickets.
none|dl|Dana L.|Researcher at UMaine funded by Maine DMR
none|mainelobsterassoc|Maine Lobstermen's Association|Working with Maine DMR for lobstermen
none|dl|Dana L.|Town clerk, Freeport Maine
none|dl|Dana L.|Tips for dealing with the Maine BMV
none|MaineDOTSucks|potholes|ugh
none|dl|Dana L.|Fictional Maine State Trooper in a novel series
none|dl|Dana L.|Author of "The Warden", a Maine Game Warden mystery
none|dl|Dana L.|Maine State Police Explorers post member, high school junior
""".strip().splitlines()
"""affiliation|handle|display name|bio"""


@pytest.mark.parametrize("line", PROFILES + case_lines(HERE / "affiliation_cases.txt"))
def test_reads_as_a_careful_person_would(line: str) -> None:
    expected, handle, display_name, bio = line.split("|", 3)
    assert read_profile(handle, display_name, bio, "", MAINE).affiliation == expected


@pytest.mark.parametrize(
    ("handle", "display_name", "bio", "expected", "code", "words"),
    [
        ("", "Kim", "MaineDOT crew chief, tweets my own", "employee", "17", "MaineDOT"),
        ("MSP_Trooper_Lee", "Lee", "K9 handler, Augusta", "branded_person", "16-222", "MSP"),
        ("", "Kim", "ex-DHHS. Bangor", "former", "10", "DHHS"),
        ("", "Kim", "Clerk at the Maine Department of Labor", "employee", "12", "Maine Department of Labor"),
        ("", "Kim", "Chemist, State of Maine", "employee", "", "State of Maine"),
        ("MEPublicHealth", "", "", "outlet", "ME-CDC", "MEPublicHealth"),
    ],
)
def test_names_the_agency_and_quotes_the_words(
    handle: str, display_name: str, bio: str, expected: str, code: str, words: str
) -> None:
    reading = read_profile(handle, display_name, bio, "", MAINE)
    assert (reading.affiliation, reading.agency_code) == (expected, code)
    assert words in [span.text for span in reading.spans]
    assert f"“{words}”" in reading.reason


@pytest.mark.parametrize(
    ("display_name", "bio", "context"),
    [
        ("Lori", "Wife of a Maine State Trooper", "relative"),
        ("Lori", "caseworker at NH DHHS", "other state"),
        ("Lori", "Suing Maine DOC", "critic"),
        ("Maine DOT (parody)", "potholes forever", "parody"),
        ("MSEA-SEIU", "Union of Maine state workers", "union"),
        ("Lori", "Future Maine State Trooper", "aspiring"),
        ("Lori", "Contractor for MaineDOT", "vendor"),
    ],
)
def test_says_what_turned_a_mark_off(display_name: str, bio: str, context: str) -> None:
    reading = read_profile("someone", display_name, bio, "", MAINE)
    assert (reading.affiliation, reading.context) == (Affiliation.NONE, context)


@pytest.mark.parametrize(
    ("display_name", "bio", "expected", "words"),
    [
        ("Kim Ash (views my own)", "Clerk, MaineDOT", "generic", "views my own"),
        ("Kim, not speaking for MaineDOT", "Clerk, MaineDOT", "state", "not speaking for MaineDOT"),
        ("Kim (views my own)", "Clerk, MaineDOT. Tweets are mine.", "generic", "Tweets are mine"),
        ("Kim (views my own)", "Clerk, MaineDOT. RTs are not endorsements", "generic", "views my own"),
        ("Kim (views of the City of Bath are not mine)", "Clerk, MaineDOT", "none", ""),
        ("Kim", "Clerk, MaineDOT", "none", ""),
    ],
)
def test_a_disclaimer_may_stand_in_the_display_name(display_name: str, bio: str, expected: str, words: str) -> None:
    reading = read_profile("", display_name, bio, "", MAINE)
    assert (reading.disclaimer, reading.disclaimer_span.text if reading.disclaimer_span else "") == (expected, words)


def test_shows_addresses_and_links_of_the_state() -> None:
    reading = read_profile(
        "kim", "Kim", "Write to kim.lee@maine.gov or KIM@state.me.us", "https://www.maine.gov/dep/kim", MAINE
    )
    assert reading.addresses == ("kim.lee@maine.gov", "kim@state.me.us")
    assert reading.domains == ("https://www.maine.gov/dep/kim",)
    assert reading.affiliation is Affiliation.EMPLOYEE


@pytest.mark.parametrize(
    "text", ["kim@notmaine.gov", "kim@maine.gov.example", "maine.government", "maine-gov", "xmaine.gov"]
)
def test_other_domains_are_not_the_states(text: str) -> None:
    reading = read_profile("kim", "Kim", f"Write to {text}", text, MAINE)
    assert reading.addresses == ()
    assert reading.domains == ()


@pytest.mark.parametrize("bio", ["Born in Maine", "Mainer. Red Sox.", "Augusta", "ME, myself and I", "main events", ""])
def test_a_place_alone_is_no_mark(bio: str) -> None:
    assert not shows_a_mark("jay", "Jay", bio, "", MAINE)


@pytest.mark.parametrize(
    ("handle", "display_name", "bio", "words"),
    [
        ("", "Mаіnе DОT", "", "Mаіnе DОT"),
        ("Ma1neDOT", "", "Road updates", "Ma1neDOT"),
        ("", "Kim", "Planner, Mаine DOT", "Mаine DOT"),
    ],
)
def test_reports_a_mark_in_look_alike_letters(handle: str, display_name: str, bio: str, words: str) -> None:
    reading = read_profile(handle, display_name, bio, "", MAINE)
    assert reading.affiliation is not Affiliation.NONE
    assert [mark.span.text for mark in reading.marks if mark.disguised] == [words]
    assert "look-alike letters" in reading.reason


@pytest.mark.parametrize(
    "bio",
    [
        "Planner, 𝗠𝗮𝗶𝗻𝗲𝗗𝗢𝗧",
        "Planner, Ｍａｉｎｅ ＤＯＴ",
        "Planner, Mai\u200bne\u00adDOT",
        "Planner, \u202eMaineDOT\u202c",
    ],
)
def test_styled_and_hidden_letters_are_read(bio: str) -> None:
    reading = read_profile("kim", "Kim", bio, "", MAINE)
    assert reading.affiliation is Affiliation.EMPLOYEE
    assert all(span.text in bio for span in reading.spans)


def test_another_state_needs_no_code() -> None:
    hampshire = Organization(
        name="State of New Hampshire",
        state="NH",
        mail_domains=("nh.gov",),
        agencies=(
            Agency("DOT", "Department of Transportation", ("NHDOT", "DOT")),
            Agency("SP", "New Hampshire State Police", ("NHSP",)),
            Agency("DHHS", "Department of Health and Human Services", ("DHHS",)),
        ),
    )
    cases = {
        ("", "Kim", "Engineer, NH DOT"): "employee",
        ("", "Kim", "Caseworker at the New Hampshire Department of Health & Human Services"): "employee",
        ("NHDOT_Kim", "Kim", "plows"): "branded_person",
        ("NewHampshireStatePolice", "New Hampshire State Police", "Official page"): "outlet",
        ("", "Kim", "Retired New Hampshire State Trooper"): "former",
        ("", "Kim", "Engineer, Maine DOT"): "none",
        ("", "Kim", "Granite Stater. Live free."): "none",
        ("", "Kim", "Vermont DHHS"): "none",
    }
    for (handle, display_name, bio), expected in cases.items():
        assert read_profile(handle, display_name, bio, "", hampshire).affiliation == expected, bio


def test_the_readings_of_two_organizations_do_not_mix() -> None:
    smaller = replace(MAINE, agencies=MAINE.agencies[:3])
    for organization, expected in ((MAINE, "17"), (smaller, ""), (MAINE, "17")):
        assert read_profile("", "Kim", "Planner, MaineDOT, Augusta", "", organization).agency_code == expected


def test_an_unknown_postal_code_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"states\.csv"):
        read_profile("", "", "", "", replace(MAINE, state="XX"))


PIECES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["MaineDOT", "Maine DHHS", "former", "not", "views my own", "wife of", "@", "|", ".", "ME", "Trooper", "DEP",
         "kim@maine.gov", "\u200d", "🦞", "Dept. of Labor", "State of Maine", "Mаine", "ex-", "now", "2012", "Ohio"]
    ),
)  # fmt: skip
FIELD = st.lists(PIECES, max_size=8).map(" ".join)


@given(FIELD, FIELD, FIELD, FIELD)
def test_any_text_is_read_and_quoted_verbatim(handle: str, display_name: str, bio: str, link: str) -> None:
    values = {"handle": handle, "display_name": display_name, "bio": bio, "link": link}
    reading = read_profile(handle, display_name, bio, link, MAINE)
    assert reading == read_profile(handle, display_name, bio, link, MAINE)
    spans = [*reading.spans, *(mark.span for mark in reading.marks), reading.disclaimer_span]
    for span in filter(None, spans):
        assert span.text
        assert values[span.field][span.start : span.end] == span.text
    assert shows_a_mark(handle, display_name, bio, link, MAINE) == bool(reading.marks)
    if reading.affiliation is not Affiliation.NONE:
        assert reading.spans
        assert "“" in reading.reason


@pytest.mark.parametrize(
    ("bio", "names_ours"),
    [
        ("Surveyor at MaineDOT", True),
        ("Works for the State of Maine", True),
        ("Clerk, Land Use Planning Commission, Augusta", True),
        ("DHHS nurse, proud Mainer", True),
        ("DHHS nurse, Augusta", False),
        ("Write to kim@maine.gov", False),
    ],
)
def test_says_whether_the_profile_itself_names_the_state_or_an_agency_in_full(bio: str, names_ours: bool) -> None:
    assert read_profile("kim", "Kim", bio, "", MAINE).names_ours is names_ours


@pytest.mark.parametrize("line", case_lines(HERE / "strangers.txt"))
def test_strangers_are_not_ours(line: str) -> None:
    handle, display_name, bio = line.split("|", 2)
    assert read_profile(handle, display_name, bio, "", MAINE).affiliation is Affiliation.NONE


@pytest.mark.parametrize("line", case_lines(HERE / "plain_employees.txt"))
def test_plain_employees_are_ours(line: str) -> None:
    expected, handle, display_name, bio, quoted = line.split("|")
    reading = read_profile(handle, display_name, bio, "", MAINE)
    assert reading.affiliation == expected
    assert quoted in [span.text for span in reading.spans]
    assert shows_a_mark(handle, display_name, bio, "", MAINE)


@pytest.mark.parametrize(
    "bio", ["MDOT surveyor. Lansing", "MSP sergeant", "Clerk at the Bureau of Motor Vehicles", "WCB examiner"]
)
@pytest.mark.parametrize(
    ("more", "link"),
    [(". Mainer", ""), (". Augusta", ""), (". Skowhegan", ""), (". 207-555-0100", ""), ("", "https://www.maine.gov/x"),
     (". Writes to kim@maine.gov", ""), (". See @MaineDOT1", "")],
)  # fmt: skip
def test_a_bare_mark_counts_where_the_profile_points_to_our_state(bio: str, more: str, link: str) -> None:
    bio = bio.removesuffix(". Lansing")
    assert read_profile("kim", "Kim", bio, "", MAINE).affiliation is Affiliation.NONE
    assert not shows_a_mark("kim", "Kim", bio, "", MAINE)
    assert read_profile("kim", "Kim", bio + more, link, MAINE).affiliation is Affiliation.EMPLOYEE


def test_a_bare_mark_counts_where_an_address_ties_the_account() -> None:
    assert read_profile("kim", "Kim", "MSP sergeant", "", MAINE, tied=True).affiliation is Affiliation.EMPLOYEE
    assert read_profile("kim", "Kim", "Sergeant, dad", "", MAINE, tied=True).affiliation is Affiliation.NONE


def test_a_town_of_ours_beside_another_state_points_nowhere() -> None:
    assert read_profile("kim", "Kim", "DHHS nurse, Bangor. Nebraska native", "", MAINE).affiliation is Affiliation.NONE
    assert read_profile("kim", "Kim", "dhhs nurse, bangor", "", MAINE).affiliation is Affiliation.NONE


def test_another_states_letters_are_its_own() -> None:
    michigan = Organization(
        name="State of Michigan",
        state="MI",
        mail_domains=("michigan.gov",),
        agencies=(Agency("59", "Department of Transportation", ("MDOT",)), Agency("55", "State Police", ("MSP",))),
    )
    for bio, expected in {
        "MDOT engineer. Lansing": "employee",
        "MDOT engineer. Bangor": "none",
        "MSP sergeant. Kalamazoo": "employee",
        "MSP sergeant. Portland, Maine": "none",
        "Trabajo para el Estado de Michigan": "employee",
        "State of Michigan Cheese Guild": "none",
    }.items():
        assert read_profile("kim", "Kim", bio, "", michigan).affiliation == expected, bio


def test_a_mark_shown_backwards_is_quoted_as_it_is_written() -> None:
    reading = read_profile("kim", "Kim", "Planner at \u202eTODeniaM\u202c", "", MAINE)
    assert reading.affiliation is Affiliation.EMPLOYEE
    assert [span.text for span in reading.spans] == ["TODeniaM"]
