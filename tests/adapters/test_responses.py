from __future__ import annotations

import gc
import weakref

from botocore.config import Config

from pca_mock import PcaMock


def test_a_client_that_is_gone_leaves_nothing_in_memory(pca: PcaMock) -> None:
    client = pca.client(config=Config(retries={"mode": "standard"}))
    client.list_certificate_authorities()
    model = weakref.ref(client.meta.service_model)

    del client
    gc.collect()

    assert model() is None
