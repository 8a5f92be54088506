"""Which sensor speaks for which lot, from when to when, and what that says of its freshness."""
