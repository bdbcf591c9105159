"""What the system checks find."""

from django.core.checks import CheckMessage, run_checks

from background.checks import TAG


def found() -> list[str]:
    """The ids of all errors and warnings about background work, as often as each is found.

    Sorted: Django runs the checks in no particular order.
    """
    return sorted(str(each.id) for each in _messages())


def hints() -> list[str]:
    """What each of them says is to be done."""
    return [str(each.hint) for each in _messages()]


def whom() -> set[str]:
    """What they are about, where they say so."""
    return {str(each.obj) for each in _messages()}


def _messages() -> list[CheckMessage]:
    return list(run_checks(tags=[TAG]))
