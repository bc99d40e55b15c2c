"""Every file of a small edition, as CONTRIBUTING.md's page "Add an edition" lists them.

It is about a data set of its own and draws a kind of figure of its own.
"""

FILES = {
    "report_tools/recipes/waves/edition.toml": """
title = "Waves: an edition for the tests"
recipes = ["rate"]
data = "fashion"
valid = "test"
""",
    "report_tools/recipes/waves/rate.toml": """
title = "Two learning rates"
asks = "Which of the two learns?"

[settings.mlp]
hidden_dims = [12, 8]
activation = "tanh"
lr = 0.1
batch_size = 32
seed = 3
epochs = 30
initialization = "glorot"

[vary]
lr = [0.1, 1e-6]

[quick]
epochs = 4
n_train = 300
n_valid = 100

[[figures]]
name = "loss"
kind = "curves"
title = "Loss of two rates"
metrics = ["train_loss", "valid_loss"]
together = true

[[figures]]
name = "last"
kind = "bars"
title = "The last loss"
metrics = ["valid_loss"]

[[tables]]
name = "final"
kind = "runs"
title = "At the end"
columns = ["lr", "parameters", "valid_accuracy"]
""",
    "report_tools/draw/figures/bars.py": '''
"""Draw the last number of each run as a bar."""

import matplotlib as mpl
from matplotlib.figure import Figure

from report_tools.draw import recipe_results
from report_tools.draw.words import word


def draw(results, wanted):
    """Draw one bar per run."""
    figure = Figure(figsize=mpl.rcParams["figure.figsize"])
    axes = figure.subplots()
    (metric,) = wanted.metrics
    axes.bar([e.label for e in results.runs], [recipe_results.final(e.run, metric) for e in results.runs])
    axes.set_ylabel(word(metric))
    return figure
''',
    "handout/editions/waves/setup.md": """
## Data and tools {#report-tools}

The data are small grey images of clothes. Run `bash setup.sh --report python -m report_tools list`.
""",
    "handout/editions/waves/rate.md": """
## {{ question("rate") }}

Which of the two rates learns? The network has {{ n_parameters(784, 12, 8, 10) }} parameters.

{{ criteria("rate") }}

: The criteria for this question.
""",
    "handout/editions/waves/rate-marking.md": """
## Expected results for {{ number_of("rate") }}

One line falls, the other one does not.
""",
    "handout/editions/waves/rubric.toml": """
[rate]
title = "Two learning rates"

[[rate.criteria]]
what = "The figure"
weight = 1
full = "Two lines."
half = "One."
none = "None."
""",
}

DATA_SET = """
[fashion]
title = "Fashion-MNIST"
torchvision = "FashionMNIST"
image_shape = [28, 28]
n_train = 60_000
n_test = 10_000
"""
