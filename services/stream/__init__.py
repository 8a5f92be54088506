"""What has changed, in order, for those who watch."""
