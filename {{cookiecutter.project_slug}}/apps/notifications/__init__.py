"""Telling users what happened, on their phones."""
