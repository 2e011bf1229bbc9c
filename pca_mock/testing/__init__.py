"""What test authors hold in their hands."""
