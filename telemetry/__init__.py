"""Telemetry: what a sensor reading means and how long produce will keep."""
