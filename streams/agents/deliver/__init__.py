"""The agent *deliver*, in the order of its walk: reading, intake, sending, settling; shares say whose it is."""
