"""How fast a network runs and trains, on each engine that is installed."""
