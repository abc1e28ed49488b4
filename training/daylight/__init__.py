"""The network that looks at a whole page by daylight."""
