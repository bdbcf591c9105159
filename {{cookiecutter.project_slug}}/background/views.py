"""The state of any piece of work, for the one who started it."""

from uuid import UUID

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from background.models import find_work
from background.serializers import WorkSerializer


class WorkView(APIView):
    """One row of work, of whichever kind."""

    @extend_schema(responses=WorkSerializer, tags=["tasks"])
    def get(self, request: Request, work_id: UUID) -> Response:
        """State and progress of a piece of work that you started."""
        work = find_work(work_id, owner=request.user)
        if work is None:
            raise Http404
        return Response(WorkSerializer(work).data)
