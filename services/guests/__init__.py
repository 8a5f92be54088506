"""Links that show one shipment to whoever holds them."""
