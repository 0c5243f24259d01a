"""Tables of the cases room, private to it; each subject has its own file."""

from madang.cases.appointment_models import (
    Appointment,
    AppointmentMessage,
    OfficeClosure,
    Seat,
    Ticket,
)

__all__ = ["Appointment", "AppointmentMessage", "OfficeClosure", "Seat", "Ticket"]
