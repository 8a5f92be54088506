"""Subcommands of `coldchain`, one module each."""
