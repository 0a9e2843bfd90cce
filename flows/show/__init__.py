"""Print answers in the terminal, with rich."""
