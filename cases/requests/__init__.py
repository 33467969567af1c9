"""What people may ask of a case, one noun a file; each is a `Request` of the step."""
