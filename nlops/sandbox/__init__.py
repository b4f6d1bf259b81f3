"""A world to try nlops in: a local gateway, two small bots and a chat page. The product's core never imports it."""
