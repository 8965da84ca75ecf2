"""One module per network; each exports `NETWORK`. No module here knows another."""
