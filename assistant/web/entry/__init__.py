"""Who comes in: the gate that every request passes, sign-in, one's own account."""
