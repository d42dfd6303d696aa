"""The web console: plain files, read once, served from memory. What it shows it asks the API for, as anybody may."""
