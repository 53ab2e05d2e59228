"""How make_state.py makes an invented state: one module for each kind of thing in it."""
