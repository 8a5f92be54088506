"""The record of who changed what: read, signed, exported and verified."""
