"""Writes, with PyTorch, a model's state as its users save it, and reads what this library writes.

The second takes the path of a file: `make_torch.py FILE` prints its tensors as JSON.
"""

import json
import os
import sys

import torch
from safetensors.torch import load_file, save_file

if len(sys.argv) > 1:
    found = load_file(sys.argv[1])
    told = {
        name: [str(value.dtype), list(value.shape), value.double().flatten().tolist()]
        for name, value in found.items()
    }
    print(json.dumps(told))
    sys.exit()

torch.manual_seed(3)
model = torch.nn.Sequential(
    torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2), torch.nn.Conv2d(1, 2, 3, bias=False)
)
state = dict(model.state_dict())
state["half"] = torch.tensor([0.5, -2, 65504], dtype=torch.float16)
state["brain"] = torch.tensor([[1.5, -3e38]], dtype=torch.bfloat16)
state["mask"] = torch.tensor([True, False])
state["turned"] = torch.arange(6.0).reshape(2, 3).t().contiguous()
state["none"] = torch.zeros(0, 4, dtype=torch.float64)

folder = os.path.dirname(os.path.abspath(__file__))
save_file(state, os.path.join(folder, "pytorch.safetensors"), metadata={"format": "pt"})
told = {name: [str(v.dtype), list(v.shape), v.double().flatten().tolist()] for name, v in state.items()}
with open(os.path.join(folder, "pytorch.json"), "w") as file:
    json.dump(told, file, indent=1)
