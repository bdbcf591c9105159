"""The people of the demo: users with profiles, and what they said about themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from apps.accounts.models import Profile, User
from apps.demo.content import COMPANIES, SEEKERS, TRADE_OF
from apps.jobs.permissions import IsEmployer
from apps.notifications.models import Device, Preferences
from apps.resumes.models import Wishes
from apps.resumes.permissions import IsSeeker

ADMIN = "admin@example.com"
EMPLOYER = "employer@example.com"
SEEKER = "seeker@example.com"
PASSWORD = "just looking"

# The first company and the first seeker are the ones to log in as.
COMPANY_ADDRESSES = [EMPLOYER, *(f"jobs@{slugify(each.name)}.example" for each in COMPANIES[1:])]

# Everybody joined before the first posting (days ago).
JOINED = (70, 100)


class AddressTakenError(Exception):
    """Somebody registered with an address of the demo; the text is the address."""


@dataclass(frozen=True, kw_only=True)
class People:
    """Everybody; those with a role by their profiles."""

    admin: User
    employers: list[Profile]
    seekers: list[Profile]

    @property
    def users(self) -> list[User]:
        """All of them."""
        return [self.admin, *(profile.user for profile in (*self.employers, *self.seekers))]


def are_here() -> bool:
    """Whether the demo was loaded before: nobody else has an address of its companies."""
    return User.objects.filter(email__in=COMPANY_ADDRESSES[1:]).exists()


def make_people(random: Random, now: datetime) -> People:
    """Everybody, not saved yet."""
    # Hashing takes long on purpose, and all of them have the same password.
    password = make_password(PASSWORD)

    def make_user(email: str) -> User:
        joined = now - timedelta(days=random.uniform(*JOINED))
        return User(email=email, password=password, date_joined=joined)

    admin = make_user(ADMIN)
    admin.is_staff = admin.is_superuser = True
    return People(
        admin=admin,
        employers=[
            Profile(user=make_user(email), role=IsEmployer.role, full_name=company.name)
            for email, company in zip(COMPANY_ADDRESSES, COMPANIES, strict=True)
        ],
        seekers=[
            Profile(user=make_user(_address_of(name)), role=IsSeeker.role, full_name=name)
            for name in SEEKERS
        ],
    )


def save(people: People, random: Random) -> None:
    """Save everybody, with wishes, preferences and devices. Raises AddressTakenError."""
    try:
        with transaction.atomic():
            User.objects.bulk_create(people.users)
    except IntegrityError as error:
        theirs = User.objects.filter(email__in=[user.email for user in people.users])
        raise AddressTakenError(theirs[0].email) from error
    Profile.objects.bulk_create([*people.employers, *people.seekers])
    Wishes.objects.bulk_create(_wishes_of(seeker, random) for seeker in people.seekers)
    Preferences.objects.bulk_create(
        Preferences(user=user, mail=random.random() < 0.5, push=random.random() < 0.8)
        for user in people.users[::3]
    )
    Device.objects.bulk_create(
        Device(user=user, token=f"telephone of {user.email}") for user in people.users[1::2]
    )


def _address_of(name: str) -> str:
    return SEEKER if name == SEEKERS[0] else f"{slugify(name).replace('-', '.')}@example.com"


def _wishes_of(seeker: Profile, random: Random) -> Wishes:
    skills = TRADE_OF[seeker.full_name].skills
    return Wishes(owner=seeker.user, skills=list(skills[:4]), years=random.randint(2, 12))
