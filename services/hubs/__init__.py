"""What a hub does with lots: receives or refuses them, keeps them cold, splits and merges them, picks what to load."""
