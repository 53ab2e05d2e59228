"""What is new, open, resolved or reopened, and why; trust in the rules and trends."""
