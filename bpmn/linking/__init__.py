"""From parsed models to runnable programs: every expression compiled, every name and type checked."""
