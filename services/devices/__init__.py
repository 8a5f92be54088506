"""Gateways, sensors and what each sensor speaks for."""
