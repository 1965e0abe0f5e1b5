"""One child with two offices: each side is asked apart, and neither is shown the other before both agreed."""
