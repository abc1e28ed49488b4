"""Everything that people see: pages in their language, drawn by the service, with little script."""
