"""Document models: what genuine documents of one kind look like, learned from a few of them.

Samples go in (``enrolment``), a :class:`docscan.types.DocumentModel` comes out: means, spreads and places. It holds no
holder's data: no text that was read, no picture, no portrait, nothing of a single sample. It lies as plain files in a
library (``store``), travels between offices as one file (``exchange``), and ``matching`` finds the model of a page, or
none.
"""
