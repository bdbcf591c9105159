"""Who has lost a payment or a payout to another process moves no money."""

import pytest

from apps.accounts.models import User
from apps.jobs.models import Job
from apps.payments import tasks
from apps.payments.models import Payment, Payout
from background.errors import LeaseLostError
from background.models import Work
from tests.apps.conftest import MakeUser
from tests.apps.payments.making import in_our_hands, pay, pay_out
from tests.apps.payments.servers import StripeServer
from tests.support.leases import taken_away


def test_who_has_lost_a_payment_charges_nobody(stripe_here: StripeServer, job: Job) -> None:
    payment = taken_away(in_our_hands(pay(job)))

    with pytest.raises(LeaseLostError):
        tasks.process_payment(payment)

    assert not stripe_here.calls


def test_who_has_lost_a_payout_pays_nobody(
    stripe_here: StripeServer, staff: User, make_user: MakeUser
) -> None:
    payout = taken_away(in_our_hands(pay_out(staff, make_user("seeker"))))

    with pytest.raises(LeaseLostError):
        tasks.pay_out(payout)

    assert not stripe_here.calls


def test_who_has_lost_a_payment_puts_its_end_in_no_doubt(job: Job) -> None:
    payment = taken_away(in_our_hands(pay(job)))
    # As somebody else leaves it whose request was refused.
    Payment.objects.update(status=Work.Status.FAILED)

    with pytest.raises(LeaseLostError):
        tasks.process_payment(payment)

    assert not Payment.objects.get().is_in_doubt


def test_who_has_lost_a_payout_puts_its_end_in_no_doubt(staff: User, make_user: MakeUser) -> None:
    payout = taken_away(in_our_hands(pay_out(staff, make_user("seeker"))))
    Payout.objects.update(status=Work.Status.FAILED)

    with pytest.raises(LeaseLostError):
        tasks.pay_out(payout)

    assert not Payout.objects.get().is_in_doubt
