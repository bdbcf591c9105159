"""Pages of lists that are kept in the cache.

What is kept is a page without its links, because those depend on how the site was addressed.
"""

from math import ceil
from typing import Any, TypedDict

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

# Far beyond any list, and small enough for every database's OFFSET.
LAST_PAGE = 1_000_000


class Page(TypedDict):
    """One page: how many there are on all pages, and those on this one, as JSON types."""

    count: int
    results: list[Any]


class PageQuerySerializer(serializers.Serializer[Any]):
    """Which page is asked for."""

    page = serializers.IntegerField(min_value=1, max_value=LAST_PAGE, default=1)


def load_page(
    rows: "QuerySet[Any]", number: int, serializer: type[serializers.Serializer[Any]]
) -> Page:
    """Page `number` of some rows, in two queries. Raises NotFound beyond the last one."""
    count = rows.count()
    if number > _last_page(count):
        raise NotFound(f"There are {_last_page(count)} pages.")
    size = _page_size()
    shown = rows[(number - 1) * size : number * size]
    return Page(count=count, results=[serializer(row).data for row in shown])


def page_response(request: Request, number: int, page: Page) -> Response:
    """A page as every list of the interface looks."""
    return Response(
        {
            "count": page["count"],
            "next": _link(request, number + 1) if number < _last_page(page["count"]) else None,
            "previous": _link(request, number - 1) if number > 1 else None,
            "results": page["results"],
        }
    )


def _last_page(count: int) -> int:
    return max(1, ceil(count / _page_size()))


def _page_size() -> int:
    return int(settings.REST_FRAMEWORK["PAGE_SIZE"])


def _link(request: Request, number: int) -> str:
    return str(replace_query_param(request.build_absolute_uri(), "page", number))
