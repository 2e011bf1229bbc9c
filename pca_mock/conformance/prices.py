"""What a run costs on AWS, in US dollars.

Source: https://aws.amazon.com/private-ca/pricing/, November 2026; of certificates the first and
highest tier, without free trial and discounts.
"""

from __future__ import annotations

from typing import Final

from pca_mock.conformance.model import Cost

SOURCE: Final = "https://aws.amazon.com/private-ca/pricing/ (November 2026)"
_HOURS_OF_A_MONTH: Final = 730
# A CA is paid for from its creation to its deletion: this pack keeps none for longer than an hour.
_CA_HOUR: Final = {
    "general_cas": 400 / _HOURS_OF_A_MONTH,
    "short_lived_cas": 50 / _HOURS_OF_A_MONTH,
}
_CERTIFICATE: Final = {"general_certificates": 0.75, "short_lived_certificates": 0.058}


def price(cost: Cost) -> float:
    """The price in USD, with an hour for each CA. OCSP and S3 are cents, and not included."""
    each = {**_CA_HOUR, **_CERTIFICATE}
    return float(sum(getattr(cost, name) * each[name] for name in each))


def bill(cost: Cost) -> str:
    """The price and how it comes about, as a sentence for people."""
    minutes = round(cost.waited / 60)
    return (
        f"about USD {price(cost):.2f}: {cost.short_lived_cas} short-lived and {cost.general_cas} "
        f"general-purpose CAs (an hour each, deleted earlier), {cost.short_lived_certificates} "
        f"short-lived and {cost.general_certificates} general-purpose certificates, "
        f"{minutes} minutes of waiting. Prices: {SOURCE}."
    )
