"""Telling the servers of users what happened: signed, tried again, and only to public addresses."""
