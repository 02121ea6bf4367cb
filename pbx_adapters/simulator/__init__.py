"""A PBX in memory with a virtual clock and scripted calls, through the same port as a real one."""
