"""Training of the embedded model's adapter: its data, its recipe. No part of the product: see README.md there."""
