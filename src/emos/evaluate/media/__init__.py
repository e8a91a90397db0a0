"""Clips made ready to be sent: frames, sound, and videos cut or muted. Decoding needs PyAV."""
