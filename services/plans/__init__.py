"""Plan jobs, plans and runs."""
