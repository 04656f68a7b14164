raise RuntimeError("broken on purpose: stands in for the emulator's server in a test")
