"""Root-cause analysis over test results, logs and deploys."""

__version__ = "0.1.0"
