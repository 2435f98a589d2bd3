"""Passages become an immutable index generation: vectors, French words, questions."""
