"""Stored nights for notebooks: frames, stand-ins for names, a rule tried on them."""
