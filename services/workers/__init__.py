"""Long-running processes: ingest, freshness, planner."""
