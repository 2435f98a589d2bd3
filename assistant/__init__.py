"""Repère: explains a local authority's framework for the use of AI, with exact citations."""
