"""`python -m pca_mock.conformance`."""

from pca_mock.conformance.cli import main

raise SystemExit(main())
