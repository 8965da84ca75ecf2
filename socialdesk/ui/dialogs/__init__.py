"""Dialogs over the desk: accounts, columns, settings, keys. Each is built when first opened."""
