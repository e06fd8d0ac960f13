"""The strings that networks learn to tell apart, and the grammars that generate them."""
