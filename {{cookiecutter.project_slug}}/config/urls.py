"""Every address of the project."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

api = [
    path("", include("background.urls")),
    path("", include("apps.accounts.urls")),
{% if cookiecutter.job_board %}
    # The job board
    path("", include("apps.applications.urls")),
    path("", include("apps.jobs.urls")),
    path("", include("apps.notifications.urls")),
    path("", include("apps.payments.urls")),
    path("", include("apps.resumes.urls")),
    path("", include("apps.webhooks.urls")),
{% endif %}
]

urlpatterns = [
    path("", include("operations.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include(api)),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]

handler400 = "operations.errors.bad_request"
handler404 = "operations.errors.not_found"
handler500 = "operations.errors.server_error"
