"""Forgeries: named recipes, each with its parameters, its place and the lights under which it shows."""

from datasets.forging.catalogue import RECIPES, Recipe, applies, edit, forge, present, shows

__all__ = ["RECIPES", "Recipe", "applies", "edit", "forge", "present", "shows"]
