"""`pca_mock` over HTTP: for other processes and languages."""
