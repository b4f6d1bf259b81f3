"""The embedded model: fetched once, checked, and served by llama.cpp in a process of its own."""
