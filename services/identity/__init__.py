"""Tenants and keys: who is asking."""
