"""The REST service and its page: thin, everything it says comes from :mod:`docscan.inspection`."""
