"""Settings: what all environments share (base, broker) and what each of them changes."""
