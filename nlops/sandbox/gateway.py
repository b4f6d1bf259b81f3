"""A Wechaty gateway in this process: the puppet's gRPC on loopback, for the demo and the tests. No account, no Node."""
