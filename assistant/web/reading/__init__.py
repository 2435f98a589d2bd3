"""The reading room: the whole framework as pages, each version at its own address."""
