"""Who is asked for what and when: supply matched to demand, proposed, and decided line by line."""
