"""Documents to JSON and back, exactly."""

from __future__ import annotations

from functools import lru_cache

from pydantic import TypeAdapter

from assistant.domain import Document


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Document]:
    return TypeAdapter(Document)


def to_json(document: Document) -> bytes:
    """Return a document as UTF-8 JSON."""
    return _adapter().dump_json(document)


def from_json(data: bytes | str) -> Document:
    """Return the document that ``to_json`` wrote, equal to the original.

    Raises:
        pydantic.ValidationError: the JSON is damaged or of another shape.
    """
    return _adapter().validate_json(data)
