"""What was found, a file each: from tables of results to one plain answer with its evidence.

A file has the finding's name, and defines a function of that name. It takes the tables that
`INPUTS` names (paths in a study's results, without ending), and returns a
`sparsernn.report.finding.Finding`, or None where they say nothing. `ORDER` is its place on the
page. Both are literals, because they are read without importing the file.
"""
