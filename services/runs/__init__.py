"""Runs on the road: how far they are, what breaks the plan they follow, and its repair."""
