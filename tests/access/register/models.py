from django.db import models

from madang.access.api import PersonalModel


class Resident(PersonalModel):
    family_name = models.CharField(max_length=40)
    given_name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    register_number = models.CharField(max_length=20)
    district = models.CharField(max_length=8)
    state = models.CharField(max_length=8, default="living")

    class Meta:
        ordering = ("id",)

    class Personal:
        dataset = "register.resident"
        subject = "id"
        district = "district"
        columns = {
            "name": {"family_name", "given_name"},
            "contact": {"phone"},
            "secret": {"register_number"},
        }


class Visit(PersonalModel):
    """A visit at a counter: of whom, about which case, told to whom."""

    resident = models.ForeignKey(Resident, models.CASCADE, related_name="visits")
    case = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=100)
    minutes = models.IntegerField(default=5)

    class Meta:
        ordering = ("id",)

    class Personal:
        dataset = "register.visit"
        subject = "resident"
        case = "case"
        district = "resident__district"
        columns = {"life": {"note"}}


class Counter(models.Model):
    """Where visits happen; nothing personal, but it points at a resident."""

    name = models.CharField(max_length=20)
    served = models.ForeignKey(Resident, models.SET_NULL, null=True, related_name="counters")
