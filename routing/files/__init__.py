"""Problems and plans in the formats of others."""
