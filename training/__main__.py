"""``python -m training``: trains, calibrates, evaluates and exports a learned part."""

from training.region.__main__ import main

if __name__ == "__main__":
    main()
