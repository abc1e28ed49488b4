"""The report as JSON, as terminal text and as HTML: three faces, one :class:`docscan.types.Report`."""
