"""How long does it keep? Catalogue, kinetics, ledger and verdict."""
