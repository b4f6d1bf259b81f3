"""What leaves next, and what does not leave any more: pure, over the messages that wait."""
