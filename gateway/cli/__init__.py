"""The command line: every role, and the tools of the people who run them."""
