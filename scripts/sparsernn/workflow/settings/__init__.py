"""Settings: what a configuration may say, its checks, and their messages."""
