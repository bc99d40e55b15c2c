"""Networks in PyTorch: built, trained, and looked at."""
