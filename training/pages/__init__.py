"""What the networks that look at whole pages share: cells, network, variation, measuring."""
