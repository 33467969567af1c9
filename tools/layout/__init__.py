"""Placing and routing for `tools.lay_out`: boxes get positions, flows get waypoints, names get places."""
