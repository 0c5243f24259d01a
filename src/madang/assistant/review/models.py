"""Tables of the evaluation room.

An item carries a masked copy of what was asked and answered, for conversations are deleted after a
month; its words are deleted once they are old, what people judged of it stays.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.access.api import PersonalModel
from madang.kernel import times
from madang.kernel.events import new_id


class ReviewDraw(models.Model):
    """The sample of a month, with all that is needed to draw it again.

    strata: `[{"cell": [...], "population": n, "drawn": n}]`; seed: drawn before the sample.
    """

    month = models.DateField(unique=True)
    at = models.DateTimeField(default=times.now)
    seed = models.CharField(max_length=64)
    wanted = models.IntegerField()
    population = models.IntegerField()
    strata = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"answers of {self.month:%Y-%m}"


class ReviewItem(PersonalModel):
    """An answer that people judge. `asked` and `answer` are masked; `before` is what led to it.

    turn: number of the row it was copied from. kind: answered, refused or handed-over.
    place: order in which items are handed out; times: people who judge it, 1 or 2.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    draw = models.ForeignKey(ReviewDraw, models.PROTECT, related_name="items")
    turn = models.BigIntegerField()
    stratum = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    status = models.CharField(max_length=24)
    channel = models.CharField(max_length=8)
    language = models.CharField(max_length=16)
    arm = models.CharField(max_length=40, blank=True)
    cited = models.JSONField(default=list)
    at = models.DateTimeField()
    asked = models.TextField(blank=True)
    answer = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    place = models.CharField(max_length=64)
    times = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint("draw", "turn", name="assistant_item_once")]
        indexes = [models.Index(fields=["draw", "place"], name="assistant_items_in_order")]

    class Personal:
        dataset = "assistant.review-item"
        columns = {"message": {"asked", "answer", "before"}}

    def __str__(self) -> str:
        return f"item {self.pk}"


class Rating(models.Model):
    """What one person judged of an item; `place` 1, 2, or 3 for the word that ends a disagreement.

    at: None while they have it before them. cites: whether what is cited supports what is said:
    yes, no, or empty where nothing is cited.
    """

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="ratings")
    place = models.PositiveSmallIntegerField()
    reviewer = models.CharField(max_length=64)
    opened_at = models.DateTimeField(default=times.now)
    at = models.DateTimeField(null=True)
    score = models.CharField(max_length=8, blank=True)
    cites = models.CharField(max_length=3, blank=True)
    note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("item", "place", name="assistant_rated_once_a_place"),
            models.UniqueConstraint("item", "reviewer", name="assistant_rated_once_by_one"),
            models.CheckConstraint(
                condition=Q(at=None) | ~Q(score=""), name="assistant_ratings_say_something"
            ),
        ]
        indexes = [
            models.Index(fields=["reviewer"], name="assistant_ratings_held", condition=Q(at=None))
        ]

    def __str__(self) -> str:
        return f"rating {self.place} of {self.item_id}"


class Helpful(models.Model):
    """Whether a resident said that an answer helped; it goes with the conversation."""

    turn = models.OneToOneField("assistant.Turn", models.CASCADE, related_name="helpful")
    is_helpful = models.BooleanField()
    at = models.DateTimeField(default=times.now)

    def __str__(self) -> str:
        return f"turn {self.turn_id}: {self.is_helpful}"


class EditorTask(models.Model):
    """Something that the editors of texts are to look at.

    kind: failing (a question that leads nowhere), missing (nothing is found for it), citation (what
    was cited is gone), source (people found what it says wrong). `about` is the question or source.
    """

    kind = models.CharField(max_length=8)
    about = models.CharField(max_length=240)
    language = models.CharField(max_length=16, blank=True)
    count = models.IntegerField()
    state = models.CharField(max_length=8, default="open")
    who = models.CharField(max_length=64, blank=True)
    said = models.TextField(blank=True)
    opened_at = models.DateTimeField(default=times.now)
    seen_at = models.DateTimeField(default=times.now)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("kind", "about", "language", name="assistant_one_task")
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.about}"


class BenchRun(models.Model):
    """The figures of a fixed bench for a version; `data` is a hash of the files it was run on."""

    bench = models.CharField(max_length=60)
    version = models.CharField(max_length=60)
    data = models.CharField(max_length=64)
    at = models.DateTimeField(default=times.now)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint("bench", "version", "data", name="assistant_bench_once")
        ]

    def __str__(self) -> str:
        return f"{self.bench} {self.version}"


class ExperimentRun(models.Model):
    """How an experiment stands; `looks` are what was seen each day, with the smallest p so far.

    why: the guardrail that broke, `mismatch`, or `by hand`.
    """

    name = models.CharField(max_length=20, unique=True)
    seen_at = models.DateTimeField(null=True)
    looks = models.JSONField(default=list)
    stopped_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=12, blank=True)
    by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.name
