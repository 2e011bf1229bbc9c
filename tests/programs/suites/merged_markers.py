"""Markers of a module, of classes and of tests: the nearest one wins."""

import pytest

pytestmark = [pytest.mark.pca(seed="module", account_id="111111111111")]


def options(pca):
    settings = pca._state.settings
    return settings.seed, settings.account_id, settings.organization_id, settings.keys


def test_of_the_module(pca):
    assert options(pca) == ("module", "111111111111", "o-a1b2c3d4e5", "fresh")


@pytest.mark.pca(seed="class", organization_id="o-0123456789")
class TestIt:
    def test_of_the_class(self, pca):
        assert options(pca) == ("class", "111111111111", "o-0123456789", "fresh")

    @pytest.mark.pca(account_id="222222222222")
    @pytest.mark.pca(account_id="333333333333", seed="test")
    def test_of_its_own(self, pca):
        assert options(pca) == ("test", "333333333333", "o-0123456789", "fresh")

    @pytest.mark.pca(seed=None, keys="pool")
    def test_that_takes_back(self, pca):
        assert options(pca) == (None, "111111111111", "o-0123456789", "pool")


@pytest.mark.parametrize(
    "seed",
    [pytest.param("param", marks=pytest.mark.pca(seed="param")), "module"],
)
def test_of_a_parameter(seed, pca):
    assert options(pca)[0] == seed
