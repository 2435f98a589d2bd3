"""How good the assistant is, and how fast, in figures that anyone can reproduce."""
