"""What `hookline up` starts: local Kafka, the roles, a receiver to look at."""
