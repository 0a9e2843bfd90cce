"""What every room shares: records, errors, paths, seeds, files, and words for values."""
