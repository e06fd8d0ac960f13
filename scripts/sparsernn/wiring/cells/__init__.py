"""Recurrent cells, a file each: `GATES`, and a function of the cell's name, one time step.

The function gets `a`, the (B, GATES * H) sums over a block's inputs, with b_ih; `u`, those over its
units at the step before, with b_hh; and `state`, a tuple of (B, H) tensors, the output h first. It
returns the next state. A cell whose state is more than h has `STATES`, their number; all start from
zeros.
"""
