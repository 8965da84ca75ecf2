"""Plain frozen values and pure decisions. No input or output here; `now` is always an argument."""
