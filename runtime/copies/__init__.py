"""Backup while everything runs, and restore."""
