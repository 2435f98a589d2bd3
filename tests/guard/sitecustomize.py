"""Imported by every Python process that a test starts; see ``outbound``."""

import os

import outbound

if outbound.LOG in os.environ:
    outbound.install()
