"""Chartsieve's engine: everything that works without a screen. Nothing here imports Streamlit."""
