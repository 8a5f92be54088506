"""Shipments and their freshness."""
