"""Lots waiting in villages."""
