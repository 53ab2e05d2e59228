"""The verbs that are not the night, a file each: they return what the command prints."""
