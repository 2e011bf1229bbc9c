"""The doors: each module knows one outside thing."""
