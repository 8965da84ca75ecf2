"""The one door to the wire: pacing, limits, address guard, error translation."""
