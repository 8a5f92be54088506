"""Demo data, the gateway simulator and the live board."""
