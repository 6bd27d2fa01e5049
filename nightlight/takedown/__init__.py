"""Hosting trace, notices, the provider's page, clocks and watching."""
