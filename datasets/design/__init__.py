"""The designs of invented issuing states: artwork, layouts, security features, and what is personalised."""
