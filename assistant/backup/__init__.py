"""Backups: the database and the texts in one verified file, and their return."""
