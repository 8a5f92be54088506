"""Engine, unit of work and schema checks."""
