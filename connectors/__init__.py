"""Facts: every source of people, accounts and registrations, one file each. Nothing here judges."""
