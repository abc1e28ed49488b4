"""A page reader's drop folder: its files find each other, and go to the service, each once."""
