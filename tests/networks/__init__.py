"""Adapters against their practice servers. What the parts of the contract assert is told in full where it fails."""

import pytest

PARTS = ("base", "publishing", "reading", "renewing", "scheduling", "steps")
pytest.register_assert_rewrite(*(f"tests.networks.contract_{part}" for part in PARTS))
