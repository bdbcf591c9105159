"""Resumes: uploaded, scanned for viruses, parsed, scored; then their seeker is told."""
