"""Many documents: what is to be done, doing it on all cores, and the results."""
