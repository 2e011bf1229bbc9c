"""The options of `mock_pca`, which are defined once."""

from __future__ import annotations

import inspect
from dataclasses import replace
from datetime import timedelta

import pytest

from pca_mock import mock_pca
from pca_mock.settings import Settings, ini_options, options, read_option
from pca_mock.state.keys import SOURCES

# Another value than the default, as a text in an ini file.
TEXTS = {
    "faults_must_strike": "true",
    "account_id": "111122223333",
    "region_name": "eu-west-2",
    "organization_id": "o-a1b2c3d4e5",
    "s3_endpoint_url": "http://localhost:9000",
    "keys": "fresh",
}


def test_the_signature_of_mock_pca_has_every_option_and_nothing_else() -> None:
    _target, *parameters = inspect.signature(mock_pca).parameters.values()

    assert [parameter.name for parameter in parameters] == [option.name for option in options()]
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)


def test_the_docstring_of_mock_pca_describes_every_option() -> None:
    assert mock_pca.__doc__ is not None
    for option in options():
        assert f"        {option.name}: {option.metadata['text']}." in mock_pca.__doc__


@pytest.mark.parametrize("name", ini_options())
def test_an_option_is_read_from_an_ini_file(name: str) -> None:
    value = read_option(name, TEXTS.get(name, "12"))

    assert getattr(Settings(**{name: value}), name) == value != getattr(Settings(), name)


def test_an_option_that_is_true_or_false_has_no_other_value() -> None:
    with pytest.raises(ValueError, match="not true or false, but 'perhaps'"):
        read_option("faults_must_strike", "perhaps")


def test_options_have_no_unknown_name() -> None:
    with pytest.raises(TypeError, match="accont_id"):
        mock_pca(accont_id="111122223333")  # type: ignore[call-overload]


def test_later_changes_of_a_users_dicts_change_no_mock() -> None:
    accounts, quotas = {"AKIA": "111122223333"}, {"certificates": 1}
    settings = Settings(accounts=accounts, quotas=quotas)
    accounts.clear()
    quotas.clear()

    assert settings.accounts == {"AKIA": "111122223333"}
    assert settings.limits.certificates == 1
    assert replace(settings, crl_delay=timedelta(1)).limits.certificates == 1


def test_every_source_of_keys_can_be_chosen() -> None:
    assert [Settings(keys=name).keys for name in SOURCES] == list(SOURCES)  # type: ignore[arg-type]
