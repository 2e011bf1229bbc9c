from pca_mock import mock_pca


def test_a_notebook_runs_a_mock_from_its_first_cell_to_its_last() -> None:
    # The first cell:
    mock = mock_pca(seed=1)
    pca = mock.start()

    # Then, at the end of a cell, any of these is shown as a table or a tree:
    root = pca.create_root_ca("Example Root CA")
    issuing = root.create_subordinate_ca("Example Issuing CA")
    leaf = issuing.issue("localhost")

    for shown in (pca, issuing, leaf, pca.calls):
        assert shown._repr_html_().startswith("<")

    # The last cell:
    mock.stop()
