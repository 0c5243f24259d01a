"""Faults of personal tables that are found before anything runs (Django system checks)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error

from madang.access.personal import PersonalManager, PersonalModel, holding, personal_models


def personal_tables_say_what_they_hold(**_kwargs: Any) -> list[CheckMessage]:
    """Return what is wrong with the personal tables."""
    return [
        Error(message, obj=model, id="access.E001")
        for model in personal_models()
        for message in faults(model)
    ]


def faults(model: type[PersonalModel]) -> Iterator[str]:
    """Yield what is wrong with one personal table."""
    try:
        held = holding(model)
    except TypeError as fault:
        yield str(fault)
        return
    for path in (held.subject, held.case, held.district, held.department):
        if path and not _leads_somewhere(model, path):
            yield f"Personal names the path {path!r}, which leads to no column"
    if model._meta.many_to_many:
        yield "many-to-many needs a table of its own between: make it a personal model, too"
    if len({f.model for f in model._meta.concrete_fields}) > 1:
        yield "a personal table cannot extend another table"
    for manager in (model._default_manager, model._base_manager):
        if not isinstance(manager, PersonalManager):
            yield f"its manager {manager.name} is open; derive it from PersonalManager"


def _leads_somewhere(model: type[Any], path: str) -> bool:
    from django.core.exceptions import FieldError

    try:
        model._meta.apps  # noqa: B018 - a model that is no model fails here
        from django.db.models.sql import Query

        Query(model).names_to_path(path.split("__"), model._meta, fail_on_missing=True)
    except FieldError:
        return path in {f.attname for f in model._meta.concrete_fields}
    return True
