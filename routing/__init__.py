"""Collection routing: what a plan means, how it is found, and how it is checked."""
