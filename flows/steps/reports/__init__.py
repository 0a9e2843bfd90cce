"""Weekly reports, feeds, corrections and the published site, from facts to pages."""
