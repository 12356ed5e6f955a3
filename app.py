"""The app: `streamlit run app.py`, or better `chartsieve serve`, which also opens every address on a fresh server."""

from pages.door import main

main()
