"""The screens. One package each, exporting `page()`: they draw and ask the workspace, and hold no rules.

Packages only, never `pages/x.py`: Streamlit would serve such a file to a direct address without running app.py.
"""
