import pytest

from assistant import errors
from assistant.errors import AssistantError

CHILDREN = AssistantError.__subclasses__()


def test_the_message_joins_what_was_given() -> None:
    error = AssistantError("Trouvé.", "Attendu.", "Remède.")
    assert str(error) == "Trouvé. Attendu. Remède."
    assert (error.found, error.expected, error.remedy) == ("Trouvé.", "Attendu.", "Remède.")
    assert str(AssistantError("Trouvé.", remedy="Remède.")) == "Trouvé. Remède."


@pytest.mark.parametrize("kind", CHILDREN)
def test_every_error_has_an_exit_code_a_shell_can_return(kind: type[AssistantError]) -> None:
    assert 1 <= kind.exit_code < 64


def test_documents_index_and_questions_fail_with_different_codes() -> None:
    codes = {
        errors.SettingsError.exit_code,
        errors.CorpusError.exit_code,
        errors.StoreError.exit_code,
        errors.QuestionError.exit_code,
        AssistantError.exit_code,
    }
    assert len(codes) == 5
    assert errors.DocumentError.exit_code == errors.CorpusError.exit_code
