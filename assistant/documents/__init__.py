"""Reading documents: files become canonical text with sections, then passages."""
