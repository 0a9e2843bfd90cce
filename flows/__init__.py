"""Pactwatch: the public record of 287(g) agreements."""
