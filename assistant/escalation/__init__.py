"""Tickets: a question handed to the referents, and the reply that comes back."""
