"""Report → text, md, html, json, github, sarif. The JSON is the source; every other format is a rendering of it."""

from rca.report.render import render

__all__ = ["render"]
