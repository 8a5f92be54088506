"""What people and machines can do: API, commands, workers and storage."""
