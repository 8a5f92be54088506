"""What needs somebody now: one alarm a cause, from the first sign until it is cleared, and who was told."""
