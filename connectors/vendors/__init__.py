"""What several sources of one vendor share."""
