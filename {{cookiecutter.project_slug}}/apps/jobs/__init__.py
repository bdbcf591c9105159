"""Job postings: written by employers, found and read by everybody, closed in time."""
