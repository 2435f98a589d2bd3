"""The command line, one module per kind of work; ``assistant.__main__`` assembles them."""
