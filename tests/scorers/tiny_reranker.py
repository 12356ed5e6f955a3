"""A reranker with the files of zerank-2 and random weights: a Qwen3 language model of 130 kB."""

import json
from pathlib import Path
from typing import Any

TEMPLATE = """{%- set query = messages | selectattr("role", "eq", "query") | map(attribute="content") | first -%}
{%- set document = messages | selectattr("role", "eq", "document") | map(attribute="content") | first -%}
{{- "<|im_start|>system\\n" + query + "<|im_end|>\\n<|im_start|>user\\n" + document + "<|im_end|>\\n" -}}
{%- if add_generation_prompt -%}{{- "<|im_start|>assistant\\n" -}}{%- endif -%}"""
CONTEXT = 512
"""Tokens that it reads."""
_SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
_TRAINING = ["Yes no trial of methotrexate failed after weeks, stopped, liver enzymes raised, patient seen."] * 4


def prompt(question: str, text: str) -> str:
    """What zerank-2 reads for a pair, word for word."""
    return f"<|im_start|>system\n{question}<|im_end|>\n<|im_start|>user\n{text}<|im_end|>\n<|im_start|>assistant\n"


def save_tiny_reranker(folder: Path, *, seed: int = 0, activation: str = "linear.Identity") -> Path:
    """Write the files of such a model into `folder`, as zerank-2 has them."""
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    tokenizer = _tokenizer()
    torch.manual_seed(seed)
    config = Qwen3Config(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=True,
        initializer_range=0.4,
        pad_token_id=tokenizer.pad_token_id,
    )
    Qwen3ForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    _write_modules(folder, tokenizer.convert_tokens_to_ids("Yes"), activation)
    return folder


def _tokenizer() -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        _TRAINING,
        trainers.BpeTrainer(vocab_size=400, special_tokens=_SPECIAL, initial_alphabet=alphabet, show_progress=False),
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|im_end|>", pad_token="<|endoftext|>")
    tokenizer.chat_template = TEMPLATE
    return tokenizer


def _write_modules(folder: Path, yes: int, activation: str) -> None:
    files = {
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.base.modules.transformer.Transformer"},
            {
                "idx": 1,
                "name": "1",
                "path": "1_LogitScore",
                "type": "sentence_transformers.cross_encoder.modules.logit_score.LogitScore",
            },
        ],
        "config_sentence_transformers.json": {
            "__version__": {"sentence_transformers": "5.4.0"},
            "activation_fn": f"torch.nn.modules.{activation}",
            "default_prompt_name": None,
            "model_type": "CrossEncoder",
            "prompts": {},
        },
        "sentence_bert_config.json": {
            "transformer_task": "text-generation",
            "modality_config": {
                "text": {"method": "forward", "method_output_name": "logits"},
                "message": {"method": "forward", "method_output_name": "logits", "format": "flat"},
            },
            "module_output_name": "causal_logits",
            "processing_kwargs": {"chat_template": {"add_generation_prompt": True}},
        },
        "1_LogitScore/config.json": {"true_token_id": yes, "false_token_id": None},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
