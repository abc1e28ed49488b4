"""What the service keeps: records in a database, pictures and holders' data sealed in files, an audit log."""
