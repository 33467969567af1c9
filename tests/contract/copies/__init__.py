"""Backup and restore, on both kinds of store."""
