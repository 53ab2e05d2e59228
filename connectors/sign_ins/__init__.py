"""What identity providers and inventories say of sign-ins at platforms: which applications count, and one item each."""
