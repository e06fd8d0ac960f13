"""What a study is asked, a file each: from its tables to one table of results.

A file has the question's name, and defines a function of that name. It takes the tables that
`INPUTS` names (their paths in a study's results, without ending; `analysis/NAME` is another
question's answer) and the `Settings`, and returns a table that the workflow writes to
`analysis/NAME.csv`. Where a study lacks one of these tables, or what `NEEDS` says, the question is
not asked:

- "nulls": null models of graphs;
- "own nulls": null models of graphs in files of the user;
- "designs": protocols that are variants of a design;
- "graphs": other protocols, whose networks differ by their graphs, and graphs whose properties
  are related to accuracy (`analysis: prediction:` is not null);
- "methods": other ways to a sparse network, of `pruning.methods`;
- "starts": several networks of a graph;
- "classes": a task whose targets are classes.

"data" among the inputs is the data set, of any form. Both are literals, because they are read
without importing the file.
"""
