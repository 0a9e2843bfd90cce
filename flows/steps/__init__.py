"""Plain functions, values in and values out: no Prefect, no clock, no environment."""
