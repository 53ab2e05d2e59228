"""An example of a package that brings a connector, a format and a rule of its own."""
