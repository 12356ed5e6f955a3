"""The script that the server (server.py) runs for every visitor.

It does not lie beside the folder `pages`: Streamlit would take the first visitor of a fresh server for a visitor of an
app of the old kind, and answer every address but the first screen's with "page not found".
"""

from pages.door import main

main()
