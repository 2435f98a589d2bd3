"""Hits become an answer: quoted sentences with a status, or an honest absence of answer."""
