"""Floor 0: the words of the field, as frozen values that import nothing of ours."""
