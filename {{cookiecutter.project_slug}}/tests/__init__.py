"""Tests on real servers and workers in processes of their own; the folders mirror the code."""
