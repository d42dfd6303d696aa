"""How all roles do, as Kafka and the store tell it."""
