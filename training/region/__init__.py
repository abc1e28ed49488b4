"""The region network: it tells whether a region of the page was made by the issuer's process."""
