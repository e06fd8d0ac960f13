"""The analysis: correlation, regression, regained accuracy, missing networks."""
