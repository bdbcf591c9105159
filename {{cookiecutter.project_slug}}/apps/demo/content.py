"""Who and what is on the board of the demo: all of it invented."""

from dataclasses import dataclass
from itertools import cycle


@dataclass(frozen=True)
class Company:
    """An employer, and what it does."""

    name: str
    business: str


@dataclass(frozen=True)
class Trade:
    """What somebody works as; its skills are ones that the local parser knows."""

    name: str
    skills: tuple[str, ...]
    work: str


COMPANIES = (
    Company("Kestrel Rail", "keeps regional trains on time"),
    Company("Larkspur Health", "books appointments for four hundred surgeries"),
    Company("Meadowgate Savings", "lends small sums to small shops"),
    Company("Ninebark Energy", "runs wind farms along two coasts"),
    Company("Osprey Charts", "draws maps for ships"),
    Company("Pebble & Pine", "builds furniture that comes apart again"),
    Company("Quillfeather Press", "prints school books in eleven languages"),
    Company("Redshank Robotics", "makes machines that pick soft fruit"),
    Company("Saltmarsh Foods", "delivers fish before breakfast"),
    Company("Thistledown Cloud", "hosts what others would rather not"),
    Company("Umber Lane Studios", "films documentaries about rivers"),
    Company("Halfmoon Bakeries", "bakes at night in nine cities"),
)

LEVELS = ("", "Junior", "Senior", "Lead")

TRADES = (
    Trade(
        "Python developer",
        ("Python", "Django", "Celery", "Redis", "PostgreSQL", "Docker", "Git"),
        "You build the services behind our site, and what runs in the background of them.",
    ),
    Trade(
        "platform engineer",
        ("Linux", "Kubernetes", "Terraform", "Ansible", "AWS", "Docker"),
        "You keep our servers dull, so that releases are dull as well.",
    ),
    Trade(
        "frontend developer",
        ("TypeScript", "React", "Vue", "CSS", "HTML", "GraphQL"),
        "You turn sketches into pages that also work on an old telephone.",
    ),
    Trade(
        "data analyst",
        ("SQL", "Excel", "Tableau", "Power BI", "Data analysis", "Pandas"),
        "You find out what our numbers say, and tell those who have to decide.",
    ),
    Trade(
        "machine learning engineer",
        ("Python", "PyTorch", "TensorFlow", "Machine learning", "NumPy", "Docker"),
        "You train models on what our sensors see, and take them to where they are used.",
    ),
    Trade(
        "mobile developer",
        ("Kotlin", "Swift", "Java", "Git", "GraphQL"),
        "You write the app that our customers open before their first coffee.",
    ),
    Trade(
        "product designer",
        ("Figma", "Photoshop", "HTML", "CSS"),
        "You draw, try out and throw away until the simple way is left.",
    ),
    Trade(
        "project manager",
        ("Project management", "Scrum", "Agile", "Excel", "Negotiation"),
        "You keep three teams and one date together.",
    ),
    Trade(
        "sales manager",
        ("Sales", "Negotiation", "Salesforce", "Customer service"),
        "You look after the customers we have, and find those we do not have yet.",
    ),
    Trade(
        "accountant",
        ("Accounting", "Bookkeeping", "SAP", "Excel"),
        "You close our books every month, and explain them once a year.",
    ),
    Trade(
        "marketing specialist",
        ("Marketing", "SEO", "Photoshop", "Data analysis"),
        "You make us known among people who have never heard of us.",
    ),
    Trade(
        "customer adviser",
        ("Customer service", "Salesforce", "Excel"),
        "You answer when something went wrong, and see to it that it goes right.",
    ),
)

OFFERS = (
    "Thirty days of leave, and nobody writes to you meanwhile.",
    "Four days a week are as welcome as five.",
    "Work from home as often as you like.",
    "A budget for courses and books, spent as you see fit.",
    "A trial day with the team, paid, before either side decides.",
    "We help with the move.",
)

CITIES = (
    "Berlin",
    "Dublin",
    "Ghent",
    "Graz",
    "Lisbon",
    "Lyon",
    "Porto",
    "Tallinn",
    "Turin",
    "Utrecht",
    "Remote",
)

# The first of them is the seeker whose password is printed.
SEEKERS = (
    "Robin Vale",
    "Amara Lindqvist",
    "Anton Varga",
    "Beatriz Moreau",
    "Bruno Keller",
    "Carla Nwosu",
    "Cillian Byrne",
    "Clara Svensson",
    "Dario Conti",
    "Delphine Okoro",
    "Edda Hofmann",
    "Elias Brandt",
    "Emeka Balogun",
    "Erik Sandberg",
    "Farah Haddad",
    "Felix Aumann",
    "Freya Lund",
    "Gianna Ricci",
    "Goran Petrov",
    "Hana Novak",
    "Hugo Laurent",
    "Ines Carvalho",
    "Ivo Jansen",
    "Jamila Osei",
    "José Almeida",
    "Jonas Weber",
    "Katrin Saar",
    "Leila Rahimi",
    "Lukas Gruber",
    "Maeve Gallagher",
    "Marta Kowal",
    "Mehmet Aydin",
    "Nadia Ferrari",
    "Oskar Nyman",
    "Paula Santos",
    "Rasmus Tamm",
    "Selma Dahl",
    "Tomas Horvat",
    "Yuki Tanaka",
    "Zoë de Vries",
)
TRADE_OF = dict(zip(SEEKERS, cycle(TRADES), strict=False))

SEARCHES = (
    "python",
    "remote",
    "data analyst",
    "react berlin",
    "senior",
    "accountant lisbon",
    "design",
    "kubernetes",
    "part time",
    "sales dublin",
)
