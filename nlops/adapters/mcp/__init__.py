"""The Model Context Protocol, both ways: tools of other servers, and `nlops mcp` for other programs.

The SDK takes a second and 30 MB to load: `link`, `server` and what they need import it; the service loads them with the
first call. `desk` and `relay` are the line between `nlops mcp` and the service, and know nothing of it.
"""
