"""Stored readings, dead letters and freshness status."""
