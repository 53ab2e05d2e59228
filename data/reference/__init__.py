"""Reference tables that travel with the package: policy packs, platforms, phrases, agencies."""
