"""Training: the loop, limits of time and memory, and what is stored of each network."""
