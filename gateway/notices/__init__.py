"""Hookline's own events: what its operator should know, as customer events of an account like any other."""
