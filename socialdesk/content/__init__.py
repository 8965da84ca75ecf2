"""Bytes to clean content. Pure CPU work, run in the worker process."""
