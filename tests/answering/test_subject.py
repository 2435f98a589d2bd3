"""Greetings, thanks, « who are you » and empty messages are told from questions."""

from __future__ import annotations

import pytest

from assistant.answering.subject import topic_of, without_courtesy
from assistant.domain import Topic


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        ("Bonjour", Topic.GREETING),
        ("bonjour, comment allez-vous ?", Topic.GREETING),
        ("slt ça va", Topic.GREETING),
        ("Hello !", Topic.GREETING),
        ("Merci beaucoup pour votre aide", Topic.THANKS),
        ("ok super", Topic.THANKS),
        ("Qui es-tu ?", Topic.IDENTITY),
        ("t'es un robot ?", Topic.IDENTITY),
        ("Êtes-vous une intelligence artificielle ?", Topic.IDENTITY),
        ("Who are you?", Topic.IDENTITY),
        ("aide", Topic.IDENTITY),
        ("😀😀", Topic.EMPTY),
        ("???", Topic.EMPTY),
        ("", Topic.EMPTY),
        ("Bonjour, puis-je utiliser ChatGPT ?", Topic.SUBJECT),
        ("qui est le délégué à la protection des données ?", Topic.SUBJECT),
        ("l'IA peut-elle remercier un usager ?", Topic.SUBJECT),
        ("relecture", Topic.SUBJECT),
    ],
)
def test_topic_of(message: str, topic: Topic) -> None:
    assert topic_of(message) is topic


@pytest.mark.parametrize(
    ("message", "question"),
    [
        ("Bonjour, puis-je traduire un tract ? Merci d'avance", "puis-je traduire un tract ?"),
        ("salut à tous ! on peut filmer ? svp", "on peut filmer ?"),
        ("Faut-il dire merci à une IA ?", "Faut-il dire merci à une IA ?"),
        ("merci", "merci"),
    ],
)
def test_courtesy_is_left_out_of_the_search(message: str, question: str) -> None:
    assert without_courtesy(message) == question
