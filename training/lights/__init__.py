"""Trains the networks that look at a whole page under ultraviolet and under infrared."""
