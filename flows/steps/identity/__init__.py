"""Who is who: which printed rows are one agreement, and which names one agency."""
