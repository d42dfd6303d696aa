"""The console in a real browser; a package, so that its Hookline and its browser end with its last test."""
