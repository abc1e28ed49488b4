"""The machine-readable zone: reading it, taking it apart, composing it (ICAO Doc 9303 parts 3 to 7)."""
