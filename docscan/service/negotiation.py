"""Which form of an answer a client prefers."""


def prefers_html(accept: str) -> bool:
    """Tell whether an Accept header weighs HTML over JSON (RFC 9110, section 12.5.1)."""
    weights: dict[str, float] = {}
    for part in accept.lower().split(","):
        media, *parameters = (piece.strip() for piece in part.split(";"))
        quality = next((value[2:] for value in parameters if value.startswith("q=")), "1")
        try:
            weights[media] = float(quality)
        except ValueError:
            weights[media] = 0.0
    return weights.get("text/html", 0.0) > weights.get("application/json", 0.0)
