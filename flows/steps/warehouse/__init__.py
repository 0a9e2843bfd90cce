"""The warehouse: frames in, models, checks, swap; read-only questions, exports, reviews."""
