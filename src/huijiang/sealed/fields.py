"""Model fields: a sealed text, and the hashes it is found by.

    number = SealedText("证件号码", context="identity.number")
    number_hash = KeyedHash("number")
    number_hash_next = KeyedHash("number", coming=True)

The second hash is filled only while keys are rotated; look-ups ask both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from huijiang.sealed.keys import ring
from huijiang.sealed.value import Sealed, keyed_hash, seal

if TYPE_CHECKING:
    Binary = models.BinaryField[Any, Any]
else:
    Binary = models.BinaryField  # generic to those who check types alone


class SealedText(Binary):
    """A text that is encrypted at rest.  Assign a str; read a Sealed, and `.open()` it where it is needed.

    `context` names the column for good (its history table has the same): a value opens under no other.
    """

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        self.context = context
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def from_db_value(self, value: Any, expression: object, connection: object) -> Sealed | None:
        return None if value is None else Sealed(bytes(value), self.context)

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if isinstance(value, str):
            value = seal(value, self.context)
            setattr(model_instance, self.attname, value)
        return value

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, str):
            return seal(value, self.context).data
        return value.data if isinstance(value, Sealed) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return super().get_db_prep_value(self.get_prep_value(value), connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.context}: 密文列不导出 a sealed column is not exported")


def sealed_context(model: type[models.Model], name: str) -> str:
    """The context of a sealed column.  Raises TypeError for one that is not sealed."""
    field = model._meta.get_field(name)
    if not isinstance(field, SealedText):
        raise TypeError(f"{model.__name__}.{name}: {type(field).__name__}；应为 expected SealedText")
    return field.context


class KeyedHash(Binary):
    """The hash of a SealedText of the same row, kept by the model itself."""

    def __init__(self, of: str, coming: bool = False, **kwargs: Any) -> None:
        self.of, self.coming = of, coming
        kwargs.update(editable=False, null=True, max_length=32)
        super().__init__(**kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        for each in ("editable", "null", "max_length"):
            kwargs.pop(each, None)
        kwargs["of"] = self.of
        if self.coming:
            kwargs["coming"] = True
        return name, path, args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        number = ring().coming if self.coming else ring().active
        value = getattr(model_instance, self.of)
        made = None
        if number is not None and value:
            text = value.open() if isinstance(value, Sealed) else value
            made = keyed_hash(text, self._context(model_instance), number)
        setattr(model_instance, self.attname, made)
        return made

    def _context(self, model: models.Model | type[models.Model]) -> str:
        field = model._meta.get_field(self.of)
        assert isinstance(field, SealedText)
        return field.context


def found_by(model: type[models.Model], field: str, text: str) -> Q:
    """The condition under which a row's sealed `field` is `text`; holds before, in and after a rotation."""
    sealed = model._meta.get_field(field)
    assert isinstance(sealed, SealedText)
    held = ring()
    found = Q()
    for each in model._meta.get_fields():
        if isinstance(each, KeyedHash) and each.of == field:
            number = held.coming if each.coming else held.active
            if number is not None:
                found |= Q(**{each.name: keyed_hash(text, sealed.context, number)})
    return found
