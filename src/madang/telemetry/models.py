"""The entities of the SensorThings data model (OGC 18-088), and the gateways that write them.

Observations are not here: they live in the lake. A datastream's primary key is the lake's `ds`.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

ORIGINS = ("real", "simulated", "replayed")
SCOPES = ("observe", "provision")
FRESHNESS_CLASSES_S = (30, 300, 900, 3600)
MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


def _no_properties() -> dict[str, object]:
    return {}


def _observe_only() -> list[str]:
    return ["observe"]


class Gateway(models.Model):
    """Whoever sends readings: one key, one origin, one quota. The key itself is never kept."""

    name = models.SlugField(max_length=64, unique=True)
    description = models.TextField(blank=True)
    key_hash = models.CharField(max_length=64, unique=True)
    key_prefix = models.CharField(max_length=16)
    bus_hash = models.CharField(max_length=60)  # the same key as the bus server checks it
    origin = models.CharField(max_length=10, choices=[(o, o) for o in ORIGINS])
    scopes = models.JSONField(default=_observe_only)
    quota_points_per_s = models.PositiveIntegerField(default=10_000)
    enabled = models.BooleanField(default=True)
    created = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class Location(models.Model):
    """Where a thing is, as GeoJSON; `lon`, `lat` are its point or centroid in degrees (WGS 84)."""

    id = models.AutoField(primary_key=True)
    gateway = models.ForeignKey(Gateway, models.CASCADE, related_name="locations")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=100, default="application/geo+json")
    location = models.JSONField()
    properties = models.JSONField(default=_no_properties)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=("lon", "lat"), name="location_lon_lat")]

    def __str__(self) -> str:
        return self.name


class Thing(models.Model):
    """A station. `unit_code` is the city unit it stands in, `station_class` its kind."""

    id = models.AutoField(primary_key=True)
    gateway = models.ForeignKey(Gateway, models.CASCADE, related_name="things")
    external_id = models.CharField(max_length=200, null=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=_no_properties)
    unit_code = models.CharField(max_length=32, blank=True, db_index=True)
    station_class = models.CharField(max_length=64, blank=True, db_index=True)
    locations = models.ManyToManyField(Location, related_name="things")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("gateway", "external_id"), name="one_thing_per_external_id"
            )
        ]

    def __str__(self) -> str:
        return self.name


class HistoricalLocation(models.Model):
    """Where a thing was from `time` on."""

    id = models.AutoField(primary_key=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="historical_locations")
    locations = models.ManyToManyField(Location, related_name="historical_locations")
    time = models.DateTimeField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.thing_id} from {self.time:%Y-%m-%d %H:%M}"


class Sensor(models.Model):
    """The instrument or procedure behind a datastream."""

    id = models.AutoField(primary_key=True)
    gateway = models.ForeignKey(Gateway, models.CASCADE, related_name="sensors")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=100)
    metadata = models.JSONField(default=str)
    properties = models.JSONField(default=_no_properties)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class ObservedProperty(models.Model):
    """What is observed. Those without a gateway come from the rooms' registrations.

    `resolution` is the step kept in the lake, in the property's unit; 0 keeps every bit (and the
    millisecond), as for a property that a gateway brought itself.
    """

    id = models.CharField(primary_key=True, max_length=64)
    gateway = models.ForeignKey(
        Gateway, models.CASCADE, related_name="observed_properties", null=True
    )
    name = models.CharField(max_length=255)
    definition = models.CharField(max_length=500, db_index=True)
    description = models.TextField(blank=True)
    properties = models.JSONField(default=_no_properties)
    unit_name = models.CharField(max_length=100, blank=True)
    unit_symbol = models.CharField(max_length=50, blank=True)
    resolution = models.FloatField(default=0.0)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.id


class Datastream(models.Model):
    """One observed property of one thing by one sensor; `id` is the lake's `ds`.

    `freshness_s` is the age in seconds past which the latest reading counts as stale, `period_s`
    the usual step between readings.
    """

    id = models.AutoField(primary_key=True)
    thing = models.ForeignKey(Thing, models.CASCADE, related_name="datastreams")
    sensor = models.ForeignKey(Sensor, models.CASCADE, related_name="datastreams")
    observed_property = models.ForeignKey(
        ObservedProperty, models.RESTRICT, related_name="datastreams"
    )
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    observation_type = models.CharField(max_length=200, default=MEASUREMENT)
    unit = models.JSONField()
    properties = models.JSONField(default=_no_properties)
    period_s = models.PositiveIntegerField(default=60)
    freshness_s = models.PositiveIntegerField(default=300)
    external_id = models.CharField(max_length=200, null=True)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=("thing", "external_id"), name="one_datastream_per_external_id"
            ),
            models.CheckConstraint(
                condition=Q(freshness_s__in=FRESHNESS_CLASSES_S), name="freshness_is_a_class"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FeatureOfInterest(models.Model):
    """What an observation is about; for ours, the place of the thing."""

    id = models.AutoField(primary_key=True)
    gateway = models.ForeignKey(Gateway, models.CASCADE, related_name="features")
    location = models.ForeignKey(Location, models.SET_NULL, related_name="features", null=True)
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    encoding_type = models.CharField(max_length=100, default="application/geo+json")
    feature = models.JSONField()
    properties = models.JSONField(default=_no_properties)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class CatalogueVersion(models.Model):
    """One row, counted up in the transaction of every change that stream or lake must see."""

    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)
