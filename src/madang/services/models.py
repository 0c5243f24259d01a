"""Tables of services: every version ever published, what was withdrawn, where no machine decides.

A published version is never changed: cases pin its hash, which is that of its body.
"""

from __future__ import annotations

from django.db import models


class PublishedPackage(models.Model):
    """A version of a service; the newest that is not withdrawn is the one in force.

    `district` is the code of the district whose package it is, empty for the city's. `sources` and
    `house` name the files and the house's processes that it was made of, `entry` is what the
    catalogue says of it, `body` what `packages.packing` packs.
    """

    service = models.CharField(max_length=80)
    district = models.CharField(max_length=32, blank=True)
    version = models.CharField(max_length=40)
    hash = models.CharField(max_length=64, unique=True)
    sources = models.CharField(max_length=64)
    house = models.CharField(max_length=64)
    entry = models.JSONField()
    body = models.BinaryField()
    key = models.CharField(max_length=64)
    signature = models.CharField(max_length=100)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index("service", "district", "id", name="services_package_current")]

    def __str__(self) -> str:
        place = f" in {self.district}" if self.district else ""
        return f"{self.service} {self.version}{place}"


class Withdrawal(models.Model):
    """A published version that is in force no more; cases that pinned it go on by it."""

    package = models.OneToOneField(PublishedPackage, models.PROTECT, related_name="withdrawal")
    withdrawn_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=200)
    reason = models.TextField()

    def __str__(self) -> str:
        return f"{self.package} withdrawn"


class AutomationStop(models.Model):
    """From when to when no machine decided cases of a service; one at most is open."""

    service = models.CharField(max_length=80)
    stopped_at = models.DateTimeField()
    stopped_by = models.CharField(max_length=200)
    reason = models.TextField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("service",),
                condition=models.Q(lifted_at=None),
                name="services_one_open_stop",
            )
        ]

    def __str__(self) -> str:
        return f"automation of {self.service} stopped at {self.stopped_at:%Y-%m-%d %H:%M}"
