"""Who is employed, whose mailbox it is, what an account is known by. Pure."""
