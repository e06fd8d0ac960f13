"""The catalogue: what each figure and each table is called, shows and is drawn from."""
