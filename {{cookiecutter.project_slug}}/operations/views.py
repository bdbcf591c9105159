"""The start page, and what machines ask: load balancers, orchestrators and Prometheus."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from config.processes import processes
from config.queues import WORKERS
from config.schedule import SCHEDULE
from operations.health import check_everything
from operations.metrics import exposition


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """What to try here; what runs and how it is built is for developers and staff alone."""
    port = request.get_port()
    context = {
        "project": settings.PROJECT_NAME,
        "developing": settings.DEBUG,
        "links": settings.START_PAGE_LINKS,
        "commands": settings.START_PAGE_COMMANDS,
        "inside": settings.DEBUG or request.user.is_staff,
        "role": settings.ACCOUNT_ROLES[0],
        "mails": settings.EMAIL_FILE_PATH,
        # Behind a Unix socket there is none.
        "processes": processes(port=int(port) if port.isdigit() else 0),
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


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Metrics for Prometheus; open to whoever has METRICS_TOKEN, and to staff."""
    if has_metrics_token(request) or request.user.is_staff:
        return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)
    if request.user.is_authenticated:
        return JsonResponse({"detail": "This is for staff."}, status=403)
    return JsonResponse(
        {"detail": "Log in as staff, or with the token of METRICS_TOKEN."},
        status=401,
        headers={"WWW-Authenticate": "Bearer"},
    )


def has_metrics_token(request: HttpRequest) -> bool:
    """Whether a request brings the token; nobody has it when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN or scheme.lower() != "bearer":
        return False
    return constant_time_compare(token.strip(), settings.METRICS_TOKEN)
