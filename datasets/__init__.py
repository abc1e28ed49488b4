"""Generator of fictional travel documents, genuine and forged, and of their captures.

Everything is invented: states, holders, portraits. A document is drawn layer by layer as its printing processes
would put ink on paper (600 dpi reflectance), then captured; genuine and forged ones go through one and the same chain.
"""
