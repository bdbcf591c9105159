"""What every environment shares; the environment itself is read from variables."""

{% if cookiecutter.job_board %}
from ipaddress import ip_network

{% endif %}
import environ

from config.paths import BASE_DIR, STATE_FOLDER
from config.queues import ROUTES, Queue
from config.redis import Role, url
from config.schedule import SCHEDULE
from config.settings.broker import *  # noqa: F403

env = environ.Env()

# Django

# Some checks are strict only where people depend on it; local.py and test.py say that nobody does.
IN_PRODUCTION = True
PROJECT_NAME = "{{ cookiecutter.project_name }}"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_results",
{% if cookiecutter.database_scheduler %}
    "django_celery_beat",
{% endif %}
    "background",
{% if cookiecutter.django_tasks %}
    # Before the library, whose `db_worker` it replaces.
    "background.light_tasks",
    "django_tasks_db",
{% endif %}
    "fastdata",
    "operations",
    "apps.accounts",
{% if cookiecutter.job_board %}
    # The job board
    "apps.applications",
    "apps.audit",
    "apps.demo",
    "apps.jobs",
    "apps.notifications",
    "apps.payments",
    "apps.resumes",
    "apps.webhooks",
{% endif %}
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "{{ cookiecutter.timezone }}"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
MEDIA_URL = "media/"
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / "media"))

# Accounts

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
{% if cookiecutter.job_board %}
ACCOUNT_ROLES = ["seeker", "employer"]
{% else %}
ACCOUNT_ROLES = ["member"]
{% endif %}
# Where the links in mails lead.
FRONTEND_URL = env.str("FRONTEND_URL", default="http://127.0.0.1:8000")

# Database

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{STATE_FOLDER / 'db.sqlite3'}"),
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads first and writes later fails at once on SQLite when another
        # process wrote in between, whatever the timeout; IMMEDIATE makes it wait its turn.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # Readers and the one writer do not block each other.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    # Processes that live long find out by themselves that the database was restarted.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

# Redis

CACHES = {
    role.name.lower() if role is not Role.CACHE else "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": url(role),
        "TIMEOUT": 300,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 1,
            # A cache that is down is a cache miss, not an error.
            "IGNORE_EXCEPTIONS": True,
        },
    }
    for role in (Role.CACHE, Role.SESSIONS)
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
# In the database too, so that losing the cache logs nobody out.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_CACHE_ALIAS = "sessions"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": url(Role.CHANNELS),
                    "socket_connect_timeout": 2,
                    "socket_timeout": 10,
                },
            ],
        },
    },
}
REDIS_DATA_URL = url(Role.DATA)

# Celery; what depends on the broker stands in broker.py

CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = SCHEDULE
{% if cookiecutter.database_scheduler %}
CELERY_BEAT_SCHEDULER = "background.beat.database_scheduler:DatabaseScheduler"
{% else %}
CELERY_BEAT_SCHEDULER = "background.beat.code_scheduler:CodeScheduler"
{% endif %}
# A Beat answers pings, which is how the doctor counts those that stand by.
CELERY_BEAT_ENABLE_REMOTE_CONTROL = True
CELERY_TASK_ROUTES = {task: {"queue": queue.value} for task, queue in ROUTES.items()}
CELERY_TASK_DEFAULT_QUEUE = Queue.DEFAULT.value
# A mistyped queue is an error, not a queue that nobody reads.
CELERY_TASK_CREATE_MISSING_QUEUES = False

# Messages are JSON: pickle would run whatever reaches the broker.
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"

# A message is acknowledged when its work is done and goes back when the process doing it is lost.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TRACK_STARTED = True
# No time limits here: Celery would bind them to every task, and they would beat those that
# config/queues.py gives to its queue's worker.

# Results only for tasks that ask for them; one that can't be kept is missing, and stops nobody.
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = env.str("CELERY_RESULT_BACKEND", default="") or url(Role.RESULTS)
CELERY_RESULT_EXPIRES = 3600
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"retry_policy": {"timeout": 3.0}}
CELERY_REDIS_BACKEND_HEALTH_CHECK_INTERVAL = 25
CELERY_REDIS_SOCKET_TIMEOUT = 5.0
CELERY_REDIS_SOCKET_CONNECT_TIMEOUT = 2.0
CELERY_REDIS_SOCKET_KEEPALIVE = True

# Fairness: a worker holds the task it runs and no others.
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# A child that leaks is replaced before it hurts (memory in KiB).
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 200_000
# A stop waits this many seconds for running tasks and then hands them back; it needs
# REMAP_SIGTERM=SIGQUIT in the worker's environment. The idle setting makes it hold for a worker
# that has only reserved or delayed tasks too.
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10.0
CELERY_WORKER_ENABLE_SOFT_SHUTDOWN_ON_IDLE = True
# Django's logging is the only one.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Celery's own throws away what is for a task that it does not know, and may die of messages that
# are for none.
CELERY_WORKER_CONSUMER = "background.consumer:Consumer"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A publisher waits no longer for a free connection (seconds).
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 3.0

# Django tasks

TASKS = {
    "default": {
{% if cookiecutter.django_tasks %}
        # A row of the same transaction; `manage.py db_worker` runs it.
        "BACKEND": "django_tasks_db.DatabaseBackend",
{% else %}
        # Published after commit; the Celery workers run it.
        "BACKEND": "background.celery_backend.CeleryBackend",
{% endif %}
    },
}

# Apps whose work must not get lost: none of it may be a Django task{{ ", which is not tried again" if cookiecutter.django_tasks }}.
{% if cookiecutter.job_board %}
CRITICAL_APPS = ["apps.payments", "apps.webhooks"]
{% else %}
CRITICAL_APPS: list[str] = []
{% endif %}

# Rows of work (background)

# A worker renews its lease on a row every third of this; after it the row is anybody's (seconds).
WORK_LEASE_SECONDS = 30
# Recovery's first look at a row (seconds): by then the message sent after commit has long been taken
# up, unless it was lost.
WORK_FIRST_LOOK_SECONDS = 30
# How often recovery looks for rows that are due (seconds).
WORK_SWEEP_SECONDS = 3
# A row whose process died this often may be what kills it, and no longer runs beside others of
# its kind; and this often it is given up. Kills from outside hit the same row seldom, but they do:
# of a thousand rows under thirty kills, one or two were hit three times.
WORK_SUSPECT_CRASHES = 2
WORK_MAX_CRASHES = 5
# What recovery looks at, in this order.
RECOVERY_STEPS = [
{% if cookiecutter.django_tasks %}
    # Needs no broker, so it does not wait for one that is away.
    "background.light_tasks.recovery.recover_light_tasks",
{% endif %}
    "background.recovery.recover_rows",
{% if cookiecutter.broker == "rabbitmq" %}
    "background.dead_queue.recover_dead_messages",
{% endif %}
]
# A bare .delay() inside a transaction, or with a longer delay than the next one, is an error; where
# this is off it is logged and sent in the safe way.
STRICT_DISPATCH = True
{% if cookiecutter.broker == "redis" %}
# The longest delay that the broker is trusted with (seconds): Redis delivers a message anew after
# its visibility time-out. Whatever is to wait longer waits in the database.
{% else %}
# The longest delay that the broker is trusted with (seconds). Whatever is to wait longer waits in the
# database, where it can be seen.
{% endif %}
LONGEST_COUNTDOWN_SECONDS = 900
DEAD_LETTER_DAYS = 90
{% if cookiecutter.django_tasks %}
# A light task that runs for longer has lost its process (seconds): it takes less than two, and
# every time-out in one is ten.
LIGHT_TASK_LEASE_SECONDS = 300
# Failed ones are kept as long as dead letters.
LIGHT_TASK_RESULT_DAYS = 14
{% endif %}
# How long a sender keeps others from sending the same (seconds). A mail takes some ten steps, from
# the greeting to the final dot, and a slow server may use up EMAIL_TIMEOUT for each.
SENDING_CLAIM_SECONDS = 120
# Within this time nobody is told the same thing twice.
SENT_LOG_DAYS = 365

# Looking at it (operations)

# What `manage.py doctor` asks, in the order of its answers.
DOCTOR_QUESTIONS = [
    "operations.doctor.database.QUESTION",
    "operations.doctor.broker.QUESTION",
{% if cookiecutter.broker == "rabbitmq" %}
    "operations.doctor.quorum_queues.QUESTION",
{% endif %}
    "operations.doctor.redis_servers.QUESTION",
    "operations.doctor.workers.QUESTION",
    "operations.doctor.queues.QUESTION",
    "operations.doctor.beat.QUESTION",
    "operations.doctor.beat.NUMBER",
    "operations.doctor.schedule.QUESTION",
{% if cookiecutter.django_tasks %}
    "operations.doctor.light_tasks.QUESTION",
{% endif %}
    "operations.doctor.rows.QUESTION",
{% if cookiecutter.flower %}
    "operations.doctor.flower.QUESTION",
{% endif %}
    "operations.doctor.proxies.QUESTION",
]
# A row that waits longer for a worker (seconds) is one too long; behind long tasks some may.
LONGEST_WAIT_SECONDS = 600
# What lets Prometheus read /metrics/; without one only staff may.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# Mail

EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="noreply@localhost")

# HTTP interface

# What one address may ask for in a minute; 0 for any number.
API_RATE_PER_ADDRESS = env.int("API_RATE_PER_ADDRESS", default=300)
# The largest request of all, uploads included (bytes).
REQUEST_MAX_BYTES = env.int("REQUEST_MAX_BYTES", default=10 * 1024 * 1024)
# The largest without its uploaded files.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["operations.limits.AddressThrottle"],
    # How many proxies stand in front and add to X-Forwarded-For; what a client writes into it
    # counts for nothing.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
    "DEFAULT_PARSER_CLASSES": [
        "operations.limits.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "EXCEPTION_HANDLER": "operations.limits.answer_error",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "PAGE_SIZE": 20,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # The OpenAPI document repeats the version that it is asked for in a header of its answer.
    "ALLOWED_VERSIONS": ["v1"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": PROJECT_NAME,
    "DESCRIPTION": "{{ cookiecutter.description }}",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # The pages' own files, rather than a content network's.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "operations.openapi.document_errors",
    ],
{% if cookiecutter.job_board %}
    # The job board: several things have a status, each with values of its own.
    "ENUM_NAME_OVERRIDES": {
        "ApplicationStatus": "apps.applications.models.Application.Status",
        "EmployersAnswer": "apps.applications.serializers.EMPLOYERS_ANSWERS",
        "JobStatus": "apps.jobs.models.Job.Status",
        "WorkStatus": "background.models.Work.Status",
    },
{% endif %}
}

# Start page

# What it offers to try, and what developers may type into a second terminal.
{% if cookiecutter.job_board %}
START_PAGE_LINKS = {
    "The newest jobs": "/api/v1/jobs/",
    "Jobs with Python": "/api/v1/jobs/?q=python",
    "Featured jobs": "/api/v1/jobs/featured/",
    "The employers with most applications": "/api/v1/employers/leaderboard/",
}
START_PAGE_COMMANDS = {
    "uv run manage.py load_demo": (
        "A lively board, where admin@example.com, employer@example.com and seeker@example.com "
        "log in with the password: just looking"
    ),
    "uv run manage.py createsuperuser": "An administrator of your own",
}
{% else %}
START_PAGE_LINKS: dict[str, str] = {}
START_PAGE_COMMANDS = {"uv run manage.py createsuperuser": "An administrator"}
{% endif %}
{% if cookiecutter.job_board %}

# The job board: outside services, each chosen by a dotted path

RESUME_PARSER = env.str("RESUME_PARSER", default="apps.resumes.parsing.local.LocalParser")
AI_PARSER_URL = env.str("AI_PARSER_URL", default="")
AI_PARSER_TIMEOUT = 60
VIRUS_SCANNER = env.str("VIRUS_SCANNER", default="apps.resumes.scanning.local.LocalScanner")
CLAMD_HOST = env.str("CLAMD_HOST", default="127.0.0.1")
CLAMD_PORT = env.int("CLAMD_PORT", default=3310)
CLAMD_TIMEOUT = 30
PUSH_BACKEND = env.str("PUSH_BACKEND", default="apps.notifications.push.console.ConsolePush")
FCM_CREDENTIALS = env.str("FCM_CREDENTIALS", default="")
FCM_URL = env.str("FCM_URL", default="https://fcm.googleapis.com")
FCM_TIMEOUT = 10
# Empty: no text messages.
SMS_BACKEND = env.str("SMS_BACKEND", default="")
TWILIO_ACCOUNT_SID = env.str("TWILIO_ACCOUNT_SID", default="")
TWILIO_AUTH_TOKEN = env.str("TWILIO_AUTH_TOKEN", default="")
TWILIO_FROM_NUMBER = env.str("TWILIO_FROM_NUMBER", default="")
TWILIO_URL = env.str("TWILIO_URL", default="https://api.twilio.com")
TWILIO_TIMEOUT = 10
PAYMENT_GATEWAY = env.str(
    "PAYMENT_GATEWAY", default="apps.payments.gateways.sandbox.SandboxGateway"
)
# How long a gateway that is down is left alone (seconds).
PAYMENT_RETRY_SECONDS = env.int("PAYMENT_RETRY_SECONDS", default=300)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_URL = env.str("STRIPE_URL", default="https://api.stripe.com")
STRIPE_TIMEOUT = 20
# Longer than one request to the gateway may take (seconds).
PAYOUT_LOCK_SECONDS = env.int("PAYOUT_LOCK_SECONDS", default=30)
# In the minor unit, such as cents; the currencies have a hundred of them.
FEATURED_PRICE = 4900
FEATURED_CURRENCY = "EUR"
PAYOUT_CURRENCIES = ["EUR", "GBP", "USD"]
RESUME_MAX_BYTES = 5 * 1024 * 1024
# What a receiver of webhooks has for the whole exchange, and the first wait after a failure; the
# next ones are twice as long each (seconds).
WEBHOOK_TIMEOUT = 10
WEBHOOK_RETRY_SECONDS = 15.0
# Where webhooks may go besides public addresses, such as 10.1.0.0/16.
WEBHOOK_ALLOWED_NETWORKS = [
    ip_network(network) for network in env.list("WEBHOOK_ALLOWED_NETWORKS", default=[])
]
{% endif %}

# Logging

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
    },
    "loggers": {
        # Without Django's own handler, which would say everything twice.
        "django": {"handlers": []},
{% if cookiecutter.job_board %}
        # Left alone, it writes a dozen lines for each text message.
        "twilio": {"level": "WARNING"},
{% endif %}
    },
    "root": {"handlers": ["console"], "level": "INFO"},
}
