"""Logarithm, exponential and normal quantile from the four operations and the square root alone.

The C library's `log` and `exp`, and numpy's vector ones, differ between platforms in the last digit. IEEE 754
fixes the last digit of + - * / and sqrt, so what is built from these gives the same run everywhere.
Arrays of float64 in, arrays of the same shape out; accuracy a few units in the last place (tested). Each function has a
twin for one number (`log_of` ...), which is far quicker for few of them and equal to the last digit.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
# log((1 + s) / (1 - s)) = 2 s + s z P(z), z = s s: P from FreeBSD's msun, error under 2**-58 for the s that occur.
_LOG_SERIES = (6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
               1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01)
_EXP_SERIES = tuple(float(1.0 / np.prod(np.arange(1.0, k + 1))) for k in range(15))

# Wichura (1988), Algorithm AS 241, PPND16: rational approximations, relative error about 1e-16.
_CENTRE = ((3.3871328727963666080, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
            4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3),
           (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
            2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3))
_SHOULDER = ((1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
              1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
              7.74545014278341407640e-4),
             (1.0, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
              1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
              1.05075007164441684324e-9))
_TAIL = ((6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 2.96560571828504891230e-1,
          2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
          2.01033439929228813265e-7),
         (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
          7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
          2.04426310338993978564e-15))


def _polynomial(coefficients: tuple[float, ...], x: Array) -> Array:
    """Horner's rule, lowest coefficient first."""
    value = x * coefficients[-1]
    value += coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        value *= x
        value += coefficient
    return value


def log(x: Any) -> Array:
    """Natural logarithm of positive numbers."""
    mantissa, exponent = np.frexp(np.asarray(x, dtype=np.float64))
    low = mantissa < 0.7071067811865476
    mantissa = np.where(low, mantissa * 2.0, mantissa)
    exponent = (exponent - low).astype(np.float64)
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    return exponent * _LN2_HIGH + (s * (2.0 + z * _polynomial(_LOG_SERIES, z)) + exponent * _LN2_LOW)


def exp(x: Any) -> Array:
    """Exponential; 0 below -745 and infinite above 709.78, as in IEEE 754."""
    value = np.asarray(x, dtype=np.float64).clip(-746.0, 710.0)
    k = np.rint(value * 1.4426950408889634)
    r = (value - k * _LN2_HIGH) - k * _LN2_LOW
    # Two steps, because 2**k alone leaves the range before the product does.
    half = np.floor(k * 0.5)
    with np.errstate(over="ignore", under="ignore"):
        scaled: Array = np.ldexp(np.ldexp(_polynomial(_EXP_SERIES, r), half.astype(np.int32)),
                                 (k - half).astype(np.int32))
    return scaled


def normal_quantile(u: Any) -> Array:
    """Quantile of the standard normal law for u strictly between 0 and 1 (Wichura 1988, AS 241)."""
    u = np.asarray(u, dtype=np.float64)
    q = u - 0.5
    r = 0.180625 - q * q
    z = q * _polynomial(_CENTRE[0], r) / _polynomial(_CENTRE[1], r)
    outer = np.abs(q) > 0.425
    if outer.any():
        tail = np.sqrt(-log(np.minimum(u, 1.0 - u)[outer]))
        far = tail > 5.0
        x = tail - 1.6
        distance = _polynomial(_SHOULDER[0], x) / _polynomial(_SHOULDER[1], x)
        if far.any():
            x = tail[far] - 5.0
            distance[far] = _polynomial(_TAIL[0], x) / _polynomial(_TAIL[1], x)
        z[outer] = np.where(q[outer] < 0, -distance, distance)
    quantile: Array = z
    return quantile


def logistic(x: Any) -> Array:
    """1 / (1 + exp(-x))."""
    value: Array = 1.0 / (1.0 + exp(-np.asarray(x, dtype=np.float64)))
    return value


# --- one number at a time ------------------------------------------------------------------------------------------

_LOG_FALLING, _EXP_FALLING = _LOG_SERIES[::-1], _EXP_SERIES[::-1]
_CENTRE_FALLING, _SHOULDER_FALLING, _TAIL_FALLING = (
    (above[::-1], below[::-1]) for above, below in (_CENTRE, _SHOULDER, _TAIL))


def _polynomial_of(falling: tuple[float, ...], x: float) -> float:
    """Horner's rule, highest coefficient first."""
    value = 0.0
    for coefficient in falling:
        value = value * x + coefficient
    return value


def log_of(x: float) -> float:
    """Natural logarithm of a positive number."""
    mantissa, exponent = math.frexp(x)
    if mantissa < 0.7071067811865476:
        mantissa *= 2.0
        exponent -= 1
    s = (mantissa - 1.0) / (mantissa + 1.0)
    z = s * s
    return exponent * _LN2_HIGH + (s * (2.0 + z * _polynomial_of(_LOG_FALLING, z)) + exponent * _LN2_LOW)


def exp_of(x: float) -> float:
    """Exponential; 0 below -745 and infinite above 709.78, as in IEEE 754."""
    value = min(max(x, -746.0), 710.0)
    k = round(value * 1.4426950408889634)
    r = (value - k * _LN2_HIGH) - k * _LN2_LOW
    half = k // 2
    try:
        return math.ldexp(math.ldexp(_polynomial_of(_EXP_FALLING, r), half), k - half)
    except OverflowError:
        return math.inf


def logistic_of(x: float) -> float:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + exp_of(-x))


def normal_quantile_of(u: float) -> float:
    """Quantile of the standard normal law for u strictly between 0 and 1."""
    q = u - 0.5
    if abs(q) <= 0.425:
        (above, below), x = _CENTRE_FALLING, 0.180625 - q * q
        return q * _polynomial_of(above, x) / _polynomial_of(below, x)
    tail = math.sqrt(-log_of(min(u, 1.0 - u)))
    (above, below), x = (_TAIL_FALLING, tail - 5.0) if tail > 5.0 else (_SHOULDER_FALLING, tail - 1.6)
    distance = _polynomial_of(above, x) / _polynomial_of(below, x)
    return -distance if q < 0 else distance
