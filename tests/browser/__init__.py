"""Tests that drive a real Chromium. A package, so that the browser ends with the last of them."""
