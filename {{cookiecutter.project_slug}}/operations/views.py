"""The start page, and the two questions that a load balancer or an orchestrator asks."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.processes import processes
from config.queues import WORKERS
from config.schedule import SCHEDULE
from operations.health import check_everything


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What to try here; what runs and how it is built is for developers and staff alone."""
    context = {
        "project": settings.PROJECT_NAME,
        "developing": settings.DEBUG,
        "links": settings.START_PAGE_LINKS,
        "commands": settings.START_PAGE_COMMANDS,
        "inside": settings.DEBUG or request.user.is_staff,
        "role": settings.ACCOUNT_ROLES[0],
        "mails": settings.EMAIL_FILE_PATH,
        "processes": processes(port=int(request.get_port())),
        "broker": urlsplit(settings.CELERY_BROKER_URL),
        "queues": WORKERS,
        "schedule": {name: when(entry["schedule"]) for name, entry in SCHEDULE.items()},
    }
    return render(request, "operations/start.html", context)


def when(schedule: object) -> str:
    """A schedule of Celery in few words; a crontab as cron writes it, such as `30 3 * * *`."""
    return repr(schedule).strip("<>").removeprefix("crontab: ").removesuffix(" (m/h/dM/MY/d)")


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process answers at all."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
async def ready(request: HttpRequest) -> JsonResponse:
    """200 when everything the project stands on answers, else 503; which of it does not."""
    checks = await check_everything()
    healthy = set(checks.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if healthy else "unavailable", "checks": checks},
        status=200 if healthy else 503,
    )
