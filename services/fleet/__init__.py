"""Villages, hubs and trucks."""
