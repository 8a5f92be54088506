"""How the router compares: generated days, the instances of the literature, and peers in the same run."""
