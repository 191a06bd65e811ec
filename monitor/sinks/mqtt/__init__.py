"""What is said goes to a gym's MQTT broker, and nothing of it is lost on the way."""
