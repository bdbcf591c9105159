"""Text messages through Twilio."""

from typing import NoReturn

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from apps.notifications.sms.base import SmsBackend, UnreachableNumberError
from background.errors import TransientError

NEEDED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM_NUMBER")
TOO_MANY_REQUESTS = 429
# Twilio's error codes: the number is none, can't be reached, asked for silence, or is no mobile.
UNREACHABLE = {21211, 21610, 21612, 21614}


class TwilioSms(SmsBackend):
    """Texts from settings.TWILIO_FROM_NUMBER."""

    def __init__(self) -> None:
        missing = [name for name in NEEDED if not getattr(settings, name)]
        if missing:
            raise ImproperlyConfigured(
                f"SMS_BACKEND is Twilio's, which needs {', '.join(missing)}: "
                "set what Twilio's console shows."
            )
        self._client = Client(
            settings.TWILIO_ACCOUNT_SID,
            settings.TWILIO_AUTH_TOKEN,
            http_client=TwilioHttpClient(timeout=settings.TWILIO_TIMEOUT),
        )
        self._client.api.base_url = settings.TWILIO_URL

    def send(self, phone: str, message: str) -> None:
        """Text by one request, whose answer says whether Twilio takes it."""
        try:
            self._client.messages.create(to=phone, from_=settings.TWILIO_FROM_NUMBER, body=message)
        except TwilioRestException as error:
            _raise_meaning_of(error)
        except OSError as error:
            raise TransientError(
                f"The SMS service did not answer ({type(error).__name__})"
            ) from error


def _raise_meaning_of(error: TwilioRestException) -> NoReturn:
    """Raise what follows from an answer that is not OK; our own faults stay what they are."""
    if error.status == TOO_MANY_REQUESTS or error.status >= 500:
        raise TransientError(f"The SMS service is busy or broken ({error.status})") from error
    if error.code in UNREACHABLE:
        raise UnreachableNumberError(f"The number can't be texted ({error.code}).") from error
    raise error
