"""The parts of `routing.validate`: ids, ranges of single members, travel profiles."""
