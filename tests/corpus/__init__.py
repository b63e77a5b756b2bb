"""Generators of hostile and labelled inputs; everything is made at run time from fixed seeds."""
