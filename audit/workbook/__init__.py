"""Sheets become an XLSX file, plain or encrypted, whole or not at all."""
