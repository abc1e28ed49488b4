"""What documents are made of: substrates, inks, and the processes that put ink on them, under three lights."""
