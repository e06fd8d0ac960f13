"""What a study is asked, a file each: from its tables to one table of results.

A file has the question's name, and defines a function of that name. It takes the tables that
`INPUTS` names (their paths in a study's results, without ending) and the `Settings`, and returns a
table that the workflow writes to `analysis/NAME.csv`. Where a study lacks one of these tables, or
what `NEEDS` says ("nulls", "designs", "starts": several networks of a graph, "classes": strings are
told apart), the question is not asked. "data" among them is the data set, of any form. Both are
literals, because they are read without importing the file.
"""
