"""Servers that speak the OpenAI protocol, each with its own way for video and sound, as data."""
