"""How a scorer is set up, in lines to copy. They are those of the README."""

import streamlit as st

from pages.components.literal import with_code

STEPS: dict[str, tuple[tuple[str, str], ...]] = {
    "zerank": (
        (
            "Start a server, for example vLLM 0.29 or newer with the weights converted by "
            "`polaria-tech/zerank-2-reranker-vllm`:",
            "vllm serve ./zerank-2-seq-cls --runner pooling --dtype bfloat16 \\\n"
            "  --chat-template ./zerank-2-seq-cls/score_template.jinja --max-num-batched-tokens 65536",
        ),
        (
            "Where Chartsieve runs, name that server and see whether it answers rightly:",
            "export CHARTSIEVE_ZERANK_URL=http://gpu-1:8000 CHARTSIEVE_ZERANK_MODEL=./zerank-2-seq-cls "
            "CHARTSIEVE_SCORER=zerank\n"
            "chartsieve scorers check zerank",
        ),
    ),
    "cross-encoder": (
        (
            "Install what runs a reranker (about 2.3 GB) and fetch the weights (8 GB):",
            "make local\n.venv/bin/hf download zeroentropy/zerank-2-reranker",
        ),
        (
            "Name the weights and see whether they answer rightly:",
            "export CHARTSIEVE_CROSS_ENCODER=zeroentropy/zerank-2-reranker CHARTSIEVE_SCORER=cross-encoder\n"
            "chartsieve scorers check cross-encoder",
        ),
    ),
}
"""For each scorer that has to be set up: what to do, and the lines that do it."""


def how_to_set_up(name: str) -> None:
    """The steps for the scorer of that name, folded away; nothing for one that needs none."""
    if name not in STEPS:
        return
    with st.expander("How to set it up"):
        for what, lines in STEPS[name]:
            st.markdown(with_code(what))
            st.code(lines, language="bash")
        st.markdown("In the same terminal, so that it sees these settings, then start Chartsieve again.")
