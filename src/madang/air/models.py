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


class ForecastIssue(models.Model):
    """One forecast of one place: hours ahead by pollutant, and what it was made of.

    `district` is empty for the whole city; `origin` is that of the hours it was made from.
    `hours` maps pollutant to the lists `value`, `low` and `high` for 1, 2, ... hours after
    `issued_at`, null where nothing could be said; `made_by` names the model of each pollutant.
    `tomorrow` maps pollutant to mean, low and high of the day `tomorrow_day`.
    """

    district = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=10)
    issued_at = models.DateTimeField()
    version = models.CharField(max_length=20)
    made_by = models.JSONField()
    fitted_from = models.DateTimeField()
    fitted_rows = models.PositiveIntegerField()
    hours = models.JSONField()
    tomorrow_day = models.DateField()
    tomorrow = models.JSONField()
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("issued_at",)
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "issued_at"), name="one_forecast_per_hour"
            )
        ]
        indexes = [models.Index(fields=("created",), name="air_forecast_created")]

    def __str__(self) -> str:
        return f"{self.district or 'city'} {self.issued_at:%Y-%m-%d %H:%M}"


class ForecastDay(models.Model):
    """The forecast mean of one day, as it stood at 17:00 of the day before, and what came.

    `last_day` is the mean of the 24 hours before the issue: what persistence says. `came` is null
    until the day is over, and stays so where too few of its hours are known.
    """

    district = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=10)
    pollutant = models.CharField(max_length=16)
    day = models.DateField()
    issued_at = models.DateTimeField()
    model = models.CharField(max_length=40)
    version = models.CharField(max_length=20)
    mean = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    last_day = models.FloatField(null=True)
    came = models.FloatField(null=True)
    is_judged = models.BooleanField(default=False)

    class Meta:
        ordering = ("day",)
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "pollutant", "day"), name="one_forecast_per_day"
            )
        ]
        indexes = [models.Index(fields=("is_judged", "day"), name="air_forecast_judged")]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.district or 'city'} {self.day}: {self.mean:g}"


class ForecastScore(models.Model):
    """How the hours of one day were forecast 24 hours ahead: sums over `n` hours.

    Squared errors in the square of the pollutant's unit; `inside` hours lay in the interval.
    """

    district = models.CharField(max_length=32, blank=True)
    origin = models.CharField(max_length=10)
    pollutant = models.CharField(max_length=16)
    day = models.DateField()
    n = models.PositiveIntegerField()
    inside = models.PositiveIntegerField()
    squared_error = models.FloatField()
    squared_persistence = models.FloatField()

    class Meta:
        ordering = ("day",)
        constraints = [
            models.UniqueConstraint(
                fields=("district", "origin", "pollutant", "day"), name="one_score_per_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pollutant} {self.district or 'city'} {self.day}: {self.n} hours"
