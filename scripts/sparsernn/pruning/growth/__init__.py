"""Growth rules of dynamic sparse training, a file each: which weights come where others went.

Every so many steps, some weights of each pool go, and as many come. A file has the rule's name, and
defines a function of that name, which scores the places where a weight may come: those that have
none, and those whose weight just went. The highest scores come, from zero.

    <name>   (count, rng) or (count, rng, gradients): a score for each of `count` places.
             `gradients` are the slopes of the step's loss at these places, as if they had weights
    SCOPE    the weights that keep their number together, a scope of pruning; a setting may replace
             it
    EVERY    steps between changes; 100 if left out. A setting may replace it

Those of least magnitude go, a share that falls to 0 along half a cosine. A rule that has its own
reason to let weights go defines two functions more:

    move     (weights, signs, rng): what the weights of a matrix become after each step; `signs` are
             those that the weights came with
    goes     (weights, signs): True for each weight that goes
"""
