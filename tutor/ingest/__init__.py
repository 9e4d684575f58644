"""Course files become answers: received, read in a child process, indexed beside the live index, checked, published."""
