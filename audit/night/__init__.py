"""The night: its steps in their order. Here files, network and ledger meet what is pure."""
