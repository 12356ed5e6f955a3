"""Programs that measure the product and hold it to goals.toml."""
