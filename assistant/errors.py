"""Errors that operators meet: what was found, what was expected, what to do."""

from __future__ import annotations


class AssistantError(Exception):
    """A failure explained in French to whoever runs or owns the assistant.

    ``exit_code`` is what the command line returns (see the README's table of exit codes).
    """

    exit_code = 1

    def __init__(self, found: str, expected: str = "", remedy: str = "") -> None:
        self.found = found
        self.expected = expected
        self.remedy = remedy
        super().__init__(" ".join(part for part in (found, expected, remedy) if part))


class SettingsError(AssistantError):
    """A setting has a value that cannot be used."""

    exit_code = 2


class DocumentError(AssistantError):
    """A document cannot be read; the other documents of the folder still are."""

    exit_code = 3


class CorpusError(AssistantError):
    """A corpus holds nothing usable, or contradicts itself."""

    exit_code = 3


class StoreError(AssistantError):
    """The index is missing, damaged, busy or made by another encoder."""

    exit_code = 4


class QuestionError(AssistantError):
    """A question cannot be processed as typed (for instance, too long)."""

    exit_code = 5


class DatabaseError(AssistantError):
    """The database cannot be opened, or another version of Repère made it."""

    exit_code = 6


class AccountError(AssistantError):
    """An account cannot be made, changed or used as asked."""

    exit_code = 7


class TicketError(AssistantError):
    """A ticket does not exist, is somebody else's, or is not in a state that allows this."""

    exit_code = 8


class HistoryError(AssistantError):
    """A discussion or a message is not there for whoever asks for it."""

    exit_code = 9
