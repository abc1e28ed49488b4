"""The region network: was this region of the page made by the issuer's process?"""
