"""Stand-in networks on loopback that speak the real wire formats, for the first start and for tests."""
