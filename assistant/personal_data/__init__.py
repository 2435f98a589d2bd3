"""Personal data found in what an agent types, and masked before it is kept or read by a model."""

from assistant.personal_data.findings import DataKind, Finding, Screening, SensitiveTopic
from assistant.personal_data.screening import mask, screen, without_placeholders

__all__ = [
    "DataKind",
    "Finding",
    "Screening",
    "SensitiveTopic",
    "mask",
    "screen",
    "without_placeholders",
]
