"""Messages: texts in the code's English that catalogues translate."""


def message(text: str) -> str:
    """Mark a text that catalogues translate; it stays as it is."""
    return text
