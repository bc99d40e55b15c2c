"""From a recipe to the runs it asks for: recipes, settings, and what they will cost."""
