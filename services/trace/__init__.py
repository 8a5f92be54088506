"""Where a shipment comes from and what happened to it on the way: each record points to the one before."""
