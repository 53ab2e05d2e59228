"""The night's sources: read side by side, gated, counted; how much was looked at, and what a night would ask."""
