"""The compiled engine: recurrent networks of any wiring, fast on a CPU."""
