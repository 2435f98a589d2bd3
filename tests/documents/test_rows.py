from assistant.documents.rows import row_lines


def test_each_row_can_be_understood_alone() -> None:
    rows = [["Outil", "Données admises :"], ["Traducteur.", "publiques"], ["Transcription", ""]]
    assert row_lines(rows, header=True) == [
        "Outil : Traducteur ; Données admises : publiques",
        "Outil : Transcription",
    ]


def test_no_header_no_names() -> None:
    assert row_lines([["a", "b"], ["c", "d"]], header=False) == ["a ; b", "c ; d"]


def test_a_frame_around_text_gives_the_text() -> None:
    assert row_lines([["Attention"], ["Ne rien coller."]], header=True) == ["Attention", "Ne rien coller."]
    assert row_lines([["a", "b"]], header=True) == ["a", "b"]
    assert row_lines([], header=True) == []
