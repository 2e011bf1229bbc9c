"""`python -m pca_mock`."""

from pca_mock.cli import main

raise SystemExit(main())
