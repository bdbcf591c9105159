"""Feature flags: the rows are the truth, the cache only answers faster."""

from django.db import models


class FeatureFlag(models.Model):
    """A feature that can be switched while the site runs."""

    name = models.SlugField(max_length=100, unique=True, help_text="How the code calls it.")
    enabled = models.BooleanField(default=False)
    description = models.TextField(blank=True, help_text="What is different when it is on.")

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return f"{self.name}: {'on' if self.enabled else 'off'}"
