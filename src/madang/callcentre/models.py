"""Tables of the call centre, private to it; each subject has its own file."""

from madang.callcentre.contact_models import Callback, Contact, ContactLine
from madang.callcentre.operator_models import KnowledgeNote, OperatorState, Suggestion, WrapUp

__all__ = [
    "Callback",
    "Contact",
    "ContactLine",
    "KnowledgeNote",
    "OperatorState",
    "Suggestion",
    "WrapUp",
]
