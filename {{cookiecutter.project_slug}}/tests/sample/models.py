"""A parcel to deliver, and the deliveries that were made, so that effects can be counted."""

from django.db import models

from background.models import Work


class Parcel(Work):
    """Work whose handler behaves as `behaviour` says."""

    behaviour = models.CharField(max_length=20, default="deliver")
    sender_told = models.BooleanField(default=False)

    class Meta(Work.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.behaviour} {self.pk}"


class Errand(Work):
    """Work that never comes to an end."""

    class Meta(Work.Meta):
        pass

    def __str__(self) -> str:
        return str(self.pk)


class Search(Work):
    """Work that finds nothing, however often it is tried."""

    class Meta(Work.Meta):
        pass

    def __str__(self) -> str:
        return str(self.pk)


class Run(models.Model):
    """One start of a handler or task, by name."""

    name = models.CharField(max_length=100)
    pid = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """The effect of a parcel's work."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="deliveries")

    def __str__(self) -> str:
        return str(self.parcel_id)
