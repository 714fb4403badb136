"""Owns the analyses: pure functions of a record, one question a module."""
