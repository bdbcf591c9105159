"""A server that speaks the part of Stripe's protocol that moves money, on 127.0.0.1."""

import json
import threading
from collections import Counter
from collections.abc import Callable
from urllib.parse import parse_qsl

from tests.support.serving import Answer, HttpService, Post

GATEWAY = "apps.payments.gateways.stripe.StripeGateway"
SECRET_KEY = "sk_test_1"
DECLINED_CARD = "pm_card_visa_chargeDeclined"
# The bank wants to ask its owner.
ASKING_CARD = "pm_card_authenticationRequired"
REFUSALS = {
    DECLINED_CARD: ("card_declined", "Your card was declined."),
    ASKING_CARD: ("authentication_required", "Your card requires authentication."),
}
# An intent that a bank has not decided on.
PROCESSING = b'{"id": "pi_1", "object": "payment_intent", "status": "processing"}'
# How long a held answer waits at most (seconds).
PATIENCE = 30

type Form = dict[str, str]


def stripe_error(status: int, kind: str, code: str = "", message: str = "No") -> Answer:
    """An answer of Stripe that is an error."""
    return status, json.dumps({"error": {"type": kind, "code": code, "message": message}}).encode()


class StripeServer(HttpService):
    """Moves money once for each idempotency key, and counts how often it was asked to.

    As Stripe does, it keeps the first answer to a key, be it a refusal or a 500, and gives it to
    every request that comes again. One that comes meanwhile is refused, and so is one without its
    secret, which is not kept. May be asked by many at once.
    """

    def __init__(self) -> None:
        super().__init__()
        # What was charged and transferred, as asked for, and the requests, all by key.
        self.charges: dict[str, Form] = {}
        self.transfers: dict[str, Form] = {}
        self.calls: Counter[str] = Counter()
        # The answer to every request while it is down, which it never begins with nor keeps.
        self.outage: Answer | None = None
        # What it answers to new keys, and keeps, when it breaks down once the money was moved.
        self.breakdown: Answer | None = None
        # What it says about cards that it declines.
        self.declined = dict(REFUSALS)
        # Whether there is anything to pay out.
        self.has_balance = True
        # Cleared, it holds answers back after the money was moved.
        self.answering = threading.Event()
        self.answering.set()
        self._first: dict[str, tuple[Form, Answer]] = {}
        self._in_use: set[str] = set()
        self._lock = threading.Lock()
        self._moves: dict[str, Callable[[str, Form], Answer]] = {
            "/v1/payment_intents": self._charge,
            "/v1/transfers": self._transfer,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a process whose gateway is this server."""
        return {
            "PAYMENT_GATEWAY": GATEWAY,
            "STRIPE_SECRET_KEY": SECRET_KEY,
            "STRIPE_URL": self.url,
        }

    @property
    def is_busy(self) -> bool:
        """Whether it works on a request now."""
        with self._lock:
            return bool(self._in_use)

    def answer(self, post: Post) -> Answer:
        """Move the money of a key that is new, and answer as the first time otherwise."""
        if post.headers["Authorization"] != f"Bearer {SECRET_KEY}":
            return stripe_error(401, "invalid_request_error", message="Invalid API Key provided")
        key = post.headers["Idempotency-Key"]
        with self._lock:
            self.calls[key] += 1
            if self.outage:
                return self.outage
            if key in self._in_use:
                return stripe_error(409, "idempotency_error", "idempotency_key_in_use")
            self._in_use.add(key)
            answer = self._answer_once(post.path, key, dict(parse_qsl(post.body.decode())))
        try:
            self.answering.wait(PATIENCE)
            return answer
        finally:
            with self._lock:
                self._in_use.discard(key)

    def _answer_once(self, path: str, key: str, form: Form) -> Answer:
        if key not in self._first:
            answer = self._moves[path](key, form)
            self._first[key] = (form, self.breakdown or answer)
        first, answer = self._first[key]
        if first != form:
            return stripe_error(400, "idempotency_error", message="Keys are for one request")
        return answer

    def _charge(self, key: str, form: Form) -> Answer:
        card = form["payment_method"]
        if card in self.declined:
            return stripe_error(402, "card_error", *self.declined[card])
        self.charges[key] = form
        intent = {"id": f"pi_{len(self.charges)}", "status": "succeeded"}
        return 200, json.dumps(intent | {"object": "payment_intent"}).encode()

    def _transfer(self, key: str, form: Form) -> Answer:
        if not self.has_balance:
            return stripe_error(
                400, "invalid_request_error", "balance_insufficient", "Insufficient funds"
            )
        self.transfers[key] = form
        transfer = {"id": f"tr_{len(self.transfers)}", "object": "transfer"}
        return 200, json.dumps(transfer).encode()
