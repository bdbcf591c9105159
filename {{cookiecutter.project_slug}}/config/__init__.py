"""The answers: what this project runs, on which servers, with which limits."""

from config.celery import app

__all__ = ["app"]
