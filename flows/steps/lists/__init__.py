"""From the bytes of a list to clean, dated and gated rows."""
