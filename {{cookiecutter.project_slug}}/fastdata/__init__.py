"""Redis used directly, where a task would be too slow: no business in here."""
