"""Rows from the past: Django stamps a new one with the present."""

from collections.abc import Sequence

from django.db.models import Model


def insert[M: Model](rows: Sequence[M]) -> None:
    """Insert rows of one model with the dates that they say; each must say all of them."""
    model = type(rows[0])
    stamped = [
        field.attname
        for field in model._meta.concrete_fields
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    ]
    dates = [[getattr(row, name) for name in stamped] for row in rows]
    model._default_manager.bulk_create(rows)
    for row, said in zip(rows, dates, strict=True):
        for name, date in zip(stamped, said, strict=True):
            setattr(row, name, date)
    model._default_manager.bulk_update(rows, stamped)
