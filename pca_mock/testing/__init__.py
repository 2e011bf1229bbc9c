"""The handles and other objects that test authors use."""
