"""Ruin and recreate, compiled by Numba: the search that plans most of what the router plans."""
