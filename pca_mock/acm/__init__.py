"""AWS Certificate Manager, as far as it is about private certificates."""
