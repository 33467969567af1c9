"""What `amends doctor` looks at, by where it lies. Each check changes nothing and says what mends what it found."""
