"""List the kinds of runs: a class of settings each, under the name that recipes give it."""

from typing import get_args

from report_tools.plan.cnn import Cnn
from report_tools.plan.mlp import GradientCheck, Mlp
from report_tools.plan.perceptron import Perceptron
from report_tools.plan.settings import RunSettings

AnySettings = Mlp | GradientCheck | Cnn | Perceptron

KINDS: dict[str, type[RunSettings]] = {str(one.__struct_config__.tag): one for one in get_args(AnySettings)}
