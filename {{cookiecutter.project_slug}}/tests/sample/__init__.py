"""An app made for tests: the smallest use of rows of work."""
