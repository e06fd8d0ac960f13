"""Recurrent cells, a file each. A cell's file is the only one that knows its equations.

    NAME      what readers call it, as "GRU"
    GATES     rows of weights that a unit has
    STATES    number of its states, the output h first; 1 if left out. All start from zeros
    <name>    a function of the file's name: one time step in PyTorch, for engine "torch"

The step gets `a`, the (B, GATES * H) sums over a block's inputs, with b_ih; `u`, those over its
units at the step before, with b_hh; and `state`, a tuple of (B, H) tensors. It returns the next
state.

A cell that has kernels defines two functions more, which the fused engine compiles. They compute
with `sparsernn.wiring.elementwise` and know nothing of units and batches:

    forward(sums, state) -> saved, next state
    backward(saved, before, after, d_after) -> d_sums, d_before

`sums` are a + u of each gate; `saved` is what `backward` needs besides the states before and after
the step. With a loss L, d_x stands for dL/dx; `d_before` holds only what doesn't pass through the
sums.

    RECURRENT_SUMS   for each gate, the sum that its recurrent weights add to, if not its own: so a
                     gate's two parts, a and u, can stay apart
"""
