"""The two components of our own: the heatmap and the page view. Everything else on the screen is Streamlit's."""
