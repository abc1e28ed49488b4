"""docscan: inspects images of travel documents for signs of forgery."""
