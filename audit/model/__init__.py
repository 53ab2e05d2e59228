"""Every value that crosses a wall. Nothing here reads, writes or decides."""
