"""Lets PyPI's PyTorch for Linux x86-64, which is built for CUDA, run on the CPU without NVIDIA's 4 GB of libraries.

    python cuda_stand_ins.py      (inside the environment that has torch)

libtorch_cuda.so asks the loader for cuBLAS, cuDNN, NCCL and others by name, but calls none of them on a machine that
has no GPU in use. This writes a shared library for each missing name: empty, but for the first, which defines every
function of theirs that torch refers to, and ends the process if one is called. The CUDA run time and CUPTI are small
and stay real, because torch does call them as it loads. Needs `cc` and `nm`.
"""
import pathlib
import re
import subprocess
import sys
import sysconfig
import tempfile

packages = pathlib.Path(sysconfig.get_paths()["purelib"])
torch_libraries = sorted((packages / "torch" / "lib").glob("lib*.so"))
# The folder that torch's own RPATH names, beside the real CUDA run time.
folder = next((packages / "nvidia").glob("cu[0-9]*/lib"))


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


# Names that torch needs, less those that are there: in torch, in the real packages, or in the system's loader.
present = {path.name for path in [*(packages / "torch" / "lib").iterdir(), *folder.iterdir()]}
needed: set[str] = set()
undefined: set[str] = set()
defined: set[str] = set()
for library in torch_libraries:
    needed |= set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", str(library))))
    undefined |= {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--undefined-only", str(library)).splitlines()}
    defined |= {line.split()[-1].split("@")[0] for line in run("nm", "-D", "--defined-only", str(library)).splitlines()}

# Not the driver (libcuda.so.1): a stand-in would hide a real one, and torch loads it only for a GPU.
vendor = re.compile(r"lib(cu(?!da\.so)|nccl|nvrtc|nvshmem|nvJitLink)")
missing = sorted(name for name in needed - present if vendor.match(name))
functions = sorted(
    name
    for name in undefined - defined
    if re.match(r"(cublas|cudnn|cufft|cusparse|cusolver|p?nccl|nvshmem|cuFile|nvrtc|nvJitLink)", name)
)
if not missing:
    sys.exit("nothing to do: no library is missing")

with tempfile.TemporaryDirectory() as place:
    source = pathlib.Path(place) / "stand-ins.c"
    for index, name in enumerate(missing):
        body = "".join(f"void {function}(void) {{ abort(); }}\n" for function in functions) if index == 0 else ""
        source.write_text("#include <stdlib.h>\n" + body)
        run("cc", "-shared", "-fPIC", "-o", str(folder / name), f"-Wl,-soname,{name}", str(source))
print(f"{len(missing)} stand-ins with {len(functions)} functions: {' '.join(missing)}")
