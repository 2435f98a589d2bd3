"""A question becomes a query, and a query becomes ranked hits with their raw signals."""
