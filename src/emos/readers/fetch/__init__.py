"""Fetching the public release over HTTPS."""
