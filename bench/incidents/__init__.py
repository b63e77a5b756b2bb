"""A seeded generator of labelled incidents: a simulated system, its logs, tests and changes, and the truth about them."""
