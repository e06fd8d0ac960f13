"""What belongs to Darji's thesis alone: its claims, its repository, its saved networks."""
