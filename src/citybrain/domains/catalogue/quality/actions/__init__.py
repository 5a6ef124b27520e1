"""Writes of quality: profiles, what follows from them, what people decide."""
