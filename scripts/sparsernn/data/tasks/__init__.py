"""Tasks, a file each: what networks are to learn.

A file has the task's name, and defines a function of that name, which draws or reads sequences with
what is to be learned of them. Two constants say what comes back:

    INPUTS   TARGETS         the function returns
    letters  classes         (string, class) pairs
    letters  next_symbol     (string, nats) pairs: minus the logarithm of the string's probability
    arrays   classes         `sparsernn.data.arrays.Arrays`, targets of whole numbers
    arrays   numbers         `sparsernn.data.arrays.Arrays`, targets of numbers

Strings have 1 to 1,000 printable ASCII characters. The function's parameters may be `count`, the
number of sequences, and `length`, the least and the greatest of their lengths; then come its own,
which `PARAMETERS` describes for settings, and `rng` last, its only source of randomness. `NAME` is
what readers call the task.

`BASELINES`, a dictionary from names to functions of one argument, may add trivial baselines to
those that all tasks have. What a function gets and returns depends on the task:

    INPUTS   TARGETS      argument                         result
    letters  classes      a string                         what the rule looks at
    letters  next_symbol  the letters before a symbol      what the rule looks at
    arrays   any          the standardised values of a     numbers for a linear model; a row for
                          sequence, (steps, features)      each step, if each has a target

`METRICS`, a dictionary of the same form, may add metrics to those that all tasks have. Its
functions get two arrays, what is right in the test set and what a network or a baseline answers,
and return a number, as those of `sklearn.metrics` do. The arrays are names of classes, letters of
next symbols (`"end"` after the last), or numbers in standard deviations of the training set,
(M, D): of the sequences or, if each step has a target, of all their steps.

A rule of letters answers with the class, or the shares of the next symbols, that is usual among the
training strings in which it sees the same.
"""
