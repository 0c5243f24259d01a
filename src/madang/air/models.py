"""Tables of the air room. All series are kept apart by origin: what is simulated or replayed
never mixes with what was measured."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils import timezone

STATUSES = ("declared", "in_force", "lifted")


@dataclass(frozen=True)
class Series:
    """One pollutant in one district from one kind of source."""

    district: str
    origin: str
    pollutant: str

    @property
    def key(self) -> dict[str, str]:
        """The columns that name the series."""
        return {"district": self.district, "origin": self.origin, "pollutant": self.pollutant}


class Measure(models.Model):
    """One measure in one district, from its declaration by a rule to its lifting.

    `declared_at`, `starts_at`, `ends_at` are the rule's times; `in_force_at` and `lifted_at` are
    when it happened. `rule_digest` pins the rules file by its hash.
    """

    rule = models.CharField(max_length=64)
    pollutant = models.CharField(max_length=16)
    district = models.CharField(max_length=32)
    origin = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=[(s, s) for s in STATUSES])
    declared_at = models.DateTimeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    in_force_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    needs_approval = models.BooleanField()
    approved_by = models.CharField(max_length=100, blank=True)
    approved_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=100, blank=True)
    lifting_reason = models.TextField(blank=True)
    readings = models.JSONField()
    reason = models.JSONField()
    words = models.JSONField()
    rule_version = models.CharField(max_length=64)
    rule_digest = models.CharField(max_length=64)
    alert = models.CharField(max_length=200, blank=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-declared_at", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("rule", "district", "origin", "declared_at"), name="one_measure_per_trigger"
            )
        ]
        indexes = [models.Index(fields=("status", "district"), name="air_measure_status")]

    def __str__(self) -> str:
        return f"{self.rule} {self.district} {self.declared_at:%Y-%m-%d %H:%M}"


class DistrictHour(models.Model):
    """One pollutant's hour in one district: the station hours that came, and the mean once closed.

    `stations` maps datastream id to the station's mean. `value` stays null where too few stations
    reported.
    """

    district = models.CharField(max_length=32)
    origin = models.CharField(max_length=10)
    pollutant = models.CharField(max_length=16)
    end = models.DateTimeField()
    stations = models.JSONField(default=dict)
    q = models.PositiveIntegerField(default=0)
    value = models.FloatField(null=True)
    is_closed = models.BooleanField(default=False)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("end",)
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "pollutant", "end"), name="one_district_hour"
            )
        ]
        indexes = [models.Index(fields=("is_closed", "created"), name="air_hour_waiting")]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.district} {self.end:%Y-%m-%d %H:%M}"


class RuleState(models.Model):
    """What the rule machine remembers of one district's pollutant between two hours."""

    district = models.CharField(max_length=32)
    origin = models.CharField(max_length=10)
    pollutant = models.CharField(max_length=16)
    at = models.DateTimeField()
    state = models.JSONField()
    rule_digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "pollutant"), name="one_rule_state"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.district} at {self.at:%Y-%m-%d %H:%M}"


class DistrictClass(models.Model):
    """The class of one district's pollutant that people were told last (`engine.class_changes`)."""

    district = models.CharField(max_length=32)
    origin = models.CharField(max_length=10)
    pollutant = models.CharField(max_length=16)
    at = models.DateTimeField()
    level = models.SmallIntegerField(null=True)
    calmer = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "pollutant"), name="one_district_class"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.district}: {self.level}"


class DailyForecast(models.Model):
    """A forecast 24-hour mean for one day; the newest row that fits counts.

    `district` is empty for the whole city; a district's own goes first. `origin` says who gave it:
    what a simulator or a replay gives never counts for real hours.
    """

    day = models.DateField()
    pollutant = models.CharField(max_length=16)
    district = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=10, default="real")
    mean = models.FloatField()
    given_by = models.CharField(max_length=100)
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("pollutant", "day"), name="air_forecast_day")]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.day}: {self.mean:g}"
