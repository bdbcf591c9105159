"""Settings of a production with a secret of its own, on the servers of the tests."""

from config.settings.test import *  # noqa: F403

IN_PRODUCTION = True
SENDING_CLAIM_SECONDS = 120
SECRET_KEY = "4gMv1sW6Zq0pRk9yTn2cHb7dLxJ5uEf8aQo3iKzVwXrYtSmNhG"
