"""The checks that a prepared corpus goes through before it is published."""
