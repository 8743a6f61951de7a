"""Draw ``fruit.bmp``: a bowl of fruit on a table, the same bytes every time.

    python data/make_fruit.py [FILE]

Every fruit is a solid of revolution (or a bent one, the banana) seen from the
front, so that height and surface normal of each pixel have closed forms; light
comes from the upper left. Colours are mixed in linear light on a grid of
``SAMPLES`` x ``SAMPLES`` points per pixel and averaged, which smooths the
edges. Random numbers come from PCG64's raw stream, which NumPy keeps stable.

Written for this project; MIT licence.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import imageio.v3 as iio
import numpy as np

WIDTH, HEIGHT, SAMPLES = 320, 256, 3
HORIZON = 138.0  # y of the table's far edge
LIGHT = np.array([-0.50, -0.62, 0.60]) / np.linalg.norm([-0.50, -0.62, 0.60])
HALF = (LIGHT + np.array([0, 0, 1])) / np.linalg.norm(LIGHT + np.array([0, 0, 1]))

# Base colours, as sRGB.
COLOURS = {
    "wall": (168, 196, 194),
    "wall_far": (104, 138, 146),
    "table": (206, 160, 108),
    "table_dark": (140, 92, 54),
    "bowl": (50, 98, 176),
    "bowl_band": (238, 236, 226),
    "apple": (214, 20, 30),
    "apple_gold": (236, 168, 60),
    "orange": (246, 132, 14),
    "banana": (250, 212, 52),
    "banana_green": (166, 178, 48),
    "brown": (74, 46, 24),
    "grape": (84, 28, 104),
    "grape_bloom": (132, 104, 172),
    "pear": (166, 190, 60),
    "pear_blush": (220, 150, 60),
    "lemon": (252, 232, 76),
    "lime": (70, 138, 36),
    "leaf": (48, 122, 40),
    "strawberry": (214, 24, 44),
    "seed": (246, 214, 120),
}


def linear(name: str) -> np.ndarray:
    return (np.array(COLOURS[name]) / 255.0) ** 2.2


def mix(a: np.ndarray, b: np.ndarray, t: np.ndarray | float) -> np.ndarray:
    t = np.clip(t, 0.0, 1.0)
    t = t[..., None] if np.ndim(t) else t
    return a * (1 - t) + b * t


def smooth(lo: float, hi: float, x: np.ndarray) -> np.ndarray:
    """0 below ``lo``, 1 above ``hi`` (or the reverse), smooth between."""
    t = np.clip((x - lo) / (hi - lo), 0.0, 1.0)
    return t * t * (3 - 2 * t)


def uniform(seed: int, shape: tuple[int, ...]) -> np.ndarray:
    raw = np.random.PCG64(seed).random_raw(int(np.prod(shape)))
    return (raw >> np.uint64(11)).reshape(shape) / 2.0**53


def noise(seed: int, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Smooth value noise in -1..1 with a feature about every unit of x and y."""
    grid = 2 * uniform(seed, (128, 128)) - 1
    i, j = np.floor(y).astype(int), np.floor(x).astype(int)
    v, u = y - i, x - j
    v, u = v * v * (3 - 2 * v), u * u * (3 - 2 * u)
    i, j = i % 127, j % 127
    top = grid[i, j] * (1 - u) + grid[i, j + 1] * u
    return top * (1 - v) + (grid[i + 1, j] * (1 - u) + grid[i + 1, j + 1] * u) * v


def blur(mask: np.ndarray, radius: float) -> np.ndarray:
    """Three box filters in each direction, which is nearly a Gaussian."""
    n = max(1, round(radius * SAMPLES))
    for axis in (0, 1):
        for _ in range(3):
            pad = [(0, 0), (0, 0)]
            pad[axis] = (n + 1, n)
            total = np.cumsum(np.pad(mask, pad, mode="edge"), axis=axis)
            size = mask.shape[axis]
            upper = np.take(total, np.arange(2 * n + 1, 2 * n + 1 + size), axis=axis)
            mask = (upper - np.take(total, np.arange(size), axis=axis)) / (2 * n + 1)
    return mask


def curve(knots: list[float], t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Catmull-Rom spline through equally spaced ``knots`` on 0..1, and its derivative."""
    p = np.array([2 * knots[0] - knots[1], *knots, 2 * knots[-1] - knots[-2]])
    n = len(knots) - 1
    s = np.clip(t, 0.0, 1.0) * n
    i = np.minimum(s.astype(int), n - 1)
    s = s - i
    a, b, c, d = p[i], p[i + 1], p[i + 2], p[i + 3]
    c1, c2, c3 = (c - a) / 2, a - 2.5 * b + 2 * c - d / 2, (d - a) / 2 + 1.5 * (b - c)
    return b + s * (c1 + s * (c2 + s * c3)), n * (c1 + s * (2 * c2 + 3 * s * c3))


class Canvas:
    """The picture in linear light, with what every painter needs: where its points are."""

    def __init__(self) -> None:
        y, x = np.mgrid[0 : HEIGHT * SAMPLES, 0 : WIDTH * SAMPLES]
        self.x, self.y = (x + 0.5) / SAMPLES, (y + 0.5) / SAMPLES
        self.rgb = np.zeros((*x.shape, 3))

    def window(self, x0: float, y0: float, x1: float, y1: float) -> tuple[slice, slice]:
        def cut(a: float, b: float, n: int) -> slice:
            return slice(max(0, int(a * SAMPLES)), min(n, int(b * SAMPLES) + 1))

        return cut(y0, y1, HEIGHT * SAMPLES), cut(x0, x1, WIDTH * SAMPLES)

    def paint(self, where: tuple[slice, slice], alpha: np.ndarray, rgb: np.ndarray) -> None:
        a = np.clip(alpha, 0, 1)[..., None]
        self.rgb[where] = self.rgb[where] * (1 - a) + rgb * a

    def darken(self, x: float, y: float, rx: float, ry: float, soft: float, by: float) -> None:
        """A soft elliptic shadow."""
        pad = 3 * soft + 2
        where = self.window(x - rx - pad, y - ry - pad, x + rx + pad, y + ry + pad)
        u, v = (self.x[where] - x) / rx, (self.y[where] - y) / ry
        shade = blur((u * u + v * v < 1).astype(float), soft) * by
        self.rgb[where] *= 1 - shade[..., None] * np.array([0.92, 1.0, 1.0])


def lit(
    albedo: np.ndarray,
    n: np.ndarray,
    gloss: float = 0.35,
    sharp: float = 40.0,
    warm: float = 1.0,
    rim: float = 0.10,
) -> np.ndarray:
    """Colour of a surface with unit normals ``n`` (..., 3): sky, table, lamp and highlight."""
    diffuse = np.clip((n @ LIGHT + 0.18) / 1.18, 0, None)
    sky = 0.5 - 0.5 * n[..., 1]
    ambient = sky[..., None] * np.array([0.20, 0.23, 0.26]) + (1 - sky)[..., None] * (
        np.array([0.17, 0.10, 0.06]) * warm
    )
    light = np.array([1.12, 1.05, 0.94]) * diffuse[..., None] + ambient
    shine = gloss * np.clip(n @ HALF, 0, 1) ** sharp
    edge = rim * (1 - np.clip(n[..., 2], 0, 1)) ** 3 * sky
    return albedo * light + shine[..., None] + edge[..., None] * np.array([0.8, 0.95, 1.0])


def with_bumps(n: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Normals of a surface raised by ``h`` (in pixels) towards the viewer."""
    dy, dx = np.gradient(h * SAMPLES)
    n = n + np.stack([-dx, -dy, np.zeros_like(h)], axis=-1) * n[..., 2:] ** 0.5
    return n / np.linalg.norm(n, axis=-1, keepdims=True)


@dataclass(frozen=True)
class Solid:
    """A body seen from the front: its window, silhouette, unit normals and surface coordinates."""

    where: tuple[slice, slice]
    mask: np.ndarray
    n: np.ndarray
    x: np.ndarray  # pixels from its middle
    y: np.ndarray
    t: np.ndarray  # 0..1 along the axis
    v: np.ndarray  # across


def unit(nx: np.ndarray, ny: np.ndarray, nz: np.ndarray) -> np.ndarray:
    n = np.stack(np.broadcast_arrays(nx, ny, nz), axis=-1)
    return n / np.linalg.norm(n, axis=-1, keepdims=True)


def revolved(
    canvas: Canvas, x: float, y: float, length: float, radii: list[float], angle: float
) -> Solid:
    """A solid of revolution about an axis in the picture plane.

    ``radii``: at equal steps along the axis; ``angle`` of the axis in degrees, 0 downwards. With
    radius r(t) the surface is z**2 = r**2 - across**2, and its gradient gives the normal.
    """
    reach = max(length / 2, *radii) * 1.15 + 3
    where = canvas.window(x - reach, y - reach, x + reach, y + reach)
    px, py = canvas.x[where] - x, canvas.y[where] - y
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    along, across = -s * px + c * py, c * px + s * py
    t = along / length + 0.5
    # r**2 is what is interpolated: it falls to 0 in a straight line where an end is round.
    square, slope = curve([r * r for r in radii], t)
    z2 = square - across**2
    mask = (z2 > 0) & (t >= 0) & (t <= 1)
    z = np.sqrt(np.clip(z2, 1e-9, None))
    down = -slope / (2 * length)
    n = unit(c * across - s * down, s * across + c * down, z)
    return Solid(where, mask, n, px, py, t, across / np.sqrt(np.clip(square, 1e-9, None)))


def ball(canvas: Canvas, x: float, y: float, r: float) -> Solid:
    k = np.linspace(0, 1, 9)
    return revolved(canvas, x, y, 2 * r, list(2 * r * np.sqrt(k * (1 - k))), 0)


def shadow_of(canvas: Canvas, solid: Solid, dx: float, dy: float, soft: float, by: float) -> None:
    """Darken what is already there behind ``solid``, to the lower right."""
    pad = int((abs(dx) + abs(dy) + 3 * soft) * SAMPLES)
    rows, columns = solid.where
    wide = (
        slice(max(0, rows.start - pad), min(HEIGHT * SAMPLES, rows.stop + pad)),
        slice(max(0, columns.start - pad), min(WIDTH * SAMPLES, columns.stop + pad)),
    )
    mask = np.zeros(canvas.x[wide].shape)
    top = rows.start - wide[0].start + round(dy * SAMPLES)
    left = columns.start - wide[1].start + round(dx * SAMPLES)
    part = mask[max(0, top) : top + len(solid.mask), max(0, left) : left + solid.mask.shape[1]]
    part[...] = solid.mask[max(0, -top) :, max(0, -left) :][: part.shape[0], : part.shape[1]]
    canvas.rgb[wide] *= 1 - by * blur(mask, soft)[..., None] * np.array([0.92, 1.0, 1.0])


def paint_solid(
    canvas: Canvas,
    solid: Solid,
    albedo: np.ndarray,
    bumps: np.ndarray | None = None,
    shadow: tuple[float, float, float, float] = (3, 3, 3.5, 0.55),
    **light: float,
) -> None:
    shadow_of(canvas, solid, *shadow)
    n = solid.n if bumps is None else with_bumps(solid.n, bumps)
    canvas.paint(solid.where, solid.mask.astype(float), lit(albedo, n, **light))


def background(canvas: Canvas) -> None:
    x, y = canvas.x, canvas.y
    glow = np.exp(-(((x - 95) / 190) ** 2) - ((y - 40) / 130) ** 2)
    canvas.rgb = mix(linear("wall_far"), linear("wall"), glow + 0.06 * noise(3, x / 70, y / 60))
    # The table: grain runs along x and grows towards the viewer.
    depth = np.clip((y - HORIZON) / (HEIGHT - HORIZON), 0, 1)
    far = 0.55 + 0.45 * depth
    wave = 6 * noise(11, x / 90, y / 40)
    grain = noise(5, x / (40 * far), (y + wave) / (1.5 * far))
    rings = np.sin((y + wave + 5 * noise(8, x / 140, y / 26)) / (2.3 * far))
    tone = 0.30 + 0.26 * grain + 0.13 * rings + 0.14 * noise(9, x / 120, y / 18)
    plank = np.abs((np.clip(y - HORIZON, 0, None) / 34) ** 0.8 % 1 - 0.5)
    tone += 0.5 * smooth(0.485, 0.5, plank)
    wood = mix(linear("table"), linear("table_dark"), tone)
    light = 0.80 + 0.26 * np.exp(-(((x - 85) / 170) ** 2) - ((y - 195) / 70) ** 2)
    wood = wood * light[..., None] + 0.035 * np.exp(-(((y - HORIZON) / 16) ** 2))[..., None]
    alpha = smooth(HORIZON - 0.6, HORIZON + 0.6, y)
    canvas.rgb = mix(canvas.rgb, wood, alpha)
    canvas.rgb *= (
        1 - 0.22 * np.exp(-(((y - HORIZON + 2) / 5) ** 2))[..., None] * (y < HORIZON)[..., None]
    )


BOWL = {"x": 150.0, "y": 134.0, "rx": 96.0, "ry": 17.0, "height": 66.0}


def bowl_back(canvas: Canvas) -> None:
    b = BOWL
    canvas.darken(b["x"] + 26, b["y"] + 68, 96, 15, 9, 0.62)
    canvas.darken(b["x"] + 6, b["y"] + 67, 52, 7, 4, 0.6)
    where = canvas.window(b["x"] - 100, b["y"] - 22, b["x"] + 100, b["y"] + 22)
    u, v = (canvas.x[where] - b["x"]) / b["rx"], (canvas.y[where] - b["y"]) / b["ry"]
    inside = (u * u + v * v < 1).astype(float)
    tone = mix(linear("bowl") * 0.30, linear("bowl") * 0.85, 0.5 + 0.5 * u - 0.2 * v)
    lip = smooth(0.90, 0.97, np.sqrt(u * u + v * v))
    canvas.paint(where, inside, mix(tone, linear("bowl_band") * 0.85, lip))


def bowl_front(canvas: Canvas) -> None:
    b = BOWL
    where = canvas.window(b["x"] - 100, b["y"] - 2, b["x"] + 100, b["y"] + 90)
    x, y = canvas.x[where] - b["x"], canvas.y[where] - b["y"]
    front = b["ry"] * np.sqrt(np.clip(1 - (x / b["rx"]) ** 2, 0, 1))
    # Half width of the silhouette, falling from the rim to the foot.
    k = np.clip(y / b["height"], 0, 1)
    wide = b["rx"] * np.sqrt(np.clip(1 - k**2.1 * 0.86, 0, 1))
    foot = 37.0
    wide = np.where(y > b["height"] - 3, foot, wide)
    base = b["height"] + 4 * np.sqrt(np.clip(1 - (x / foot) ** 2, 0, 1))
    u = np.clip(x / wide, -1, 1)
    mask = (np.abs(x) < wide) & (y > front - 1e-9) & (y < base)
    tilt = np.where(y > b["height"] - 3, 0.0, 0.05 + 1.0 * k**1.3)
    n = unit(u * np.cos(tilt), np.sin(tilt), np.sqrt(1 - u * u) * np.cos(tilt))
    # How far below the rim along the curved front: stripes follow it.
    drop = (y - front * (1 - k)) / b["height"]
    albedo = mix(linear("bowl"), linear("bowl") * 0.72, k)
    albedo[y > b["height"] - 3] *= 0.55
    stripe = smooth(0.16, 0.18, drop) * smooth(0.31, 0.29, drop)
    thin = smooth(0.36, 0.375, drop) * smooth(0.41, 0.395, drop)
    albedo = mix(albedo, np.broadcast_to(linear("bowl_band"), albedo.shape), stripe + thin)
    rgb = lit(albedo, n, gloss=0.30, sharp=18, warm=1.6, rim=0.12)
    # The window's reflection in the glaze.
    pane = (
        smooth(0.12, 0.02, np.abs(u + 0.12 - 0.1 * k))
        * smooth(0.06, 0.2, drop)
        * smooth(0.85, 0.4, drop)
    )
    rgb += 0.13 * pane[..., None]
    rgb *= (
        1
        - 0.5
        * smooth(b["height"] - 6, b["height"] - 3, y)[..., None]
        * (y < b["height"] - 3)[..., None]
    )
    canvas.paint(where, mask.astype(float), rgb)
    # The lip of the rim, a bright band just at the front edge.
    edge = np.abs(y - front)
    lip = (np.abs(x) < b["rx"]) * smooth(2.6, 1.6, edge)
    bright = 0.62 + 0.38 * np.exp(-(((x + 48) / 30) ** 2))
    canvas.paint(where, lip, linear("bowl_band") * bright[..., None])


def stem(canvas: Canvas, points: list[tuple[float, float]], r0: float, r1: float) -> None:
    """A thin bent stalk along a quadratic curve through three control points."""
    (ax, ay), (bx, by), (cx, cy) = points
    for s in np.linspace(0, 1, 28):
        x = (1 - s) ** 2 * ax + 2 * s * (1 - s) * bx + s * s * cx
        y = (1 - s) ** 2 * ay + 2 * s * (1 - s) * by + s * s * cy
        dot = ball(canvas, x, y, r0 + (r1 - r0) * s)
        canvas.paint(dot.where, dot.mask.astype(float), lit(linear("brown"), dot.n, gloss=0.05))


def leaf(canvas: Canvas, x: float, y: float, length: float, width: float, angle: float) -> None:
    reach = length + 3
    where = canvas.window(x - reach, y - reach, x + reach, y + reach)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    px, py = canvas.x[where] - x, canvas.y[where] - y
    t, v = (c * px + s * py) / length, -s * px + c * py
    half = width * np.sin(np.pi * np.clip(t, 0, 1) ** 0.8)
    mask = (t > 0) & (t < 1) & (np.abs(v) < half)
    w = v / np.maximum(half, 1e-6)
    veins = smooth(0.10, 0.02, np.abs(w)) + 0.5 * smooth(
        0.16, 0.04, np.abs((t * 7 - np.abs(w)) % 1)
    )
    albedo = mix(linear("leaf"), linear("pear"), 0.45 * veins + 0.2 * (1 - t))
    n = unit(0.5 * s * w, -0.25 - 0.5 * c * w, np.ones_like(w))
    canvas.paint(where, mask.astype(float), lit(albedo, n, gloss=0.15, sharp=14))


def apple(canvas: Canvas, x: float, y: float, r: float, angle: float, seed: int) -> None:
    radii = [0, 0.66, 0.88, 0.99, 1.0, 0.94, 0.82, 0.62, 0.0]
    a = revolved(canvas, x, y, 1.78 * r, [r * k for k in radii], angle)
    streaks = noise(seed, a.v * 9 + 20, a.t * 1.6 + 4) * 0.5 + noise(
        seed + 1, a.v * 22 + 40, a.t * 3
    )
    gold = smooth(0.42, 0.0, a.t) * 0.55 + 0.18 * streaks * smooth(1.0, 0.2, a.t)
    albedo = mix(linear("apple"), linear("apple_gold"), gold)
    # The hollow around the stem.
    hx, hy = (a.x - 0.02 * r) / (0.40 * r), (a.y + 0.70 * r) / (0.17 * r)
    hollow = np.exp(-(hx * hx + hy * hy))
    albedo = mix(albedo, linear("pear") * 0.55, 0.75 * hollow)
    paint_solid(
        canvas, a, albedo * (1 - 0.45 * hollow)[..., None], -0.10 * r * hollow, gloss=0.6, sharp=55
    )
    stem(canvas, [(x, y - 0.68 * r), (x + 1, y - 0.9 * r), (x + 0.18 * r, y - 1.12 * r)], 1.3, 1.9)


def orange(canvas: Canvas, x: float, y: float, r: float) -> None:
    o = ball(canvas, x, y, r)
    pores = noise(21, o.x * 0.62 + 60, o.y * 0.62 + 60) + 0.6 * noise(22, o.x + 60, o.y + 60)
    albedo = mix(linear("orange"), linear("orange") * 0.86, 0.5 + 0.5 * pores)
    dent = np.exp(-(((o.x - 0.20 * r) / 2.4) ** 2) - ((o.y + 0.42 * r) / 1.9) ** 2)
    albedo = mix(albedo, linear("brown"), 0.75 * dent)
    paint_solid(canvas, o, albedo, 0.17 * pores - 1.2 * dent, gloss=0.34, sharp=26)


def pear(canvas: Canvas, x: float, y: float, size: float, angle: float) -> None:
    radii = [0, 0.20, 0.25, 0.29, 0.36, 0.45, 0.51, 0.52, 0.46, 0.33, 0.0]
    p = revolved(canvas, x, y, 1.25 * size, [size * k for k in radii], angle)
    specks = smooth(0.62, 0.85, noise(31, p.x * 0.8 + 60, p.y * 0.8 + 60))
    blush = smooth(0.1, 0.9, p.v) * smooth(0.2, 0.7, p.t) * 0.75
    albedo = mix(mix(linear("pear"), linear("pear_blush"), blush), linear("brown"), 0.28 * specks)
    paint_solid(canvas, p, albedo, gloss=0.3, sharp=30)
    s, c = np.sin(np.radians(angle)), np.cos(np.radians(angle))
    tx, ty = x + s * 0.60 * size, y - c * 0.60 * size
    tip = (tx + s * 9 + 3, ty - c * 12)
    stem(canvas, [(tx, ty + 1), (tx + s * 5, ty - c * 7), tip], 1.2, 1.7)


def lemon(canvas: Canvas, x: float, y: float, r: float, angle: float, skin: str, tip: str) -> None:
    radii = [0, 0.20, 0.36, 0.66, 0.87, 0.97, 1.0, 0.97, 0.88, 0.71, 0.47, 0.24, 0.0]
    m = revolved(canvas, x, y, 2.62 * r, [r * k for k in radii], angle)
    pores = noise(41, m.x * 0.6 + 60, m.y * 0.6 + 60)
    ends = smooth(0.16, 0.02, m.t) + smooth(0.90, 1.0, m.t)
    albedo = mix(linear(skin), linear(tip), 0.5 * ends + 0.05 * pores)
    paint_solid(canvas, m, albedo, 0.13 * pores, gloss=0.36, sharp=24)


def banana(
    canvas: Canvas, x: float, y: float, bend: float, start: float, stop: float, r: float, seed: int
) -> None:
    """An arc of radius ``bend`` about (x, y), from angle ``start`` (the stalk) back to ``stop``."""
    reach = bend + r + 4
    where = canvas.window(x - reach, y - reach, x + reach, y + reach)
    px, py = canvas.x[where] - x, canvas.y[where] - y
    rho = np.hypot(px, py)
    a, b = np.radians(start), np.radians(stop)
    t = 1 - ((np.arctan2(py, px) - b) % (2 * np.pi)) / (a - b)
    radii = [0.0, 0.27, 0.28, 0.42, 0.78, 0.95, 1.0, 1.0, 0.97, 0.88, 0.66, 0.30, 0.0]
    square, slope = curve([(r * k) ** 2 for k in radii], t)
    d = rho - bend
    z2 = square - d * d
    # Soft ridges: the angle around the fruit is drawn towards the middle of its faces.
    turn = np.arctan2(d, np.sqrt(np.clip(z2, 1e-9, None)))
    face = turn - 0.13 * np.sin(5 * turn + 0.6)
    along = -slope / (2 * np.sqrt(np.clip(square, 1e-6, None)) * bend * (b - a))
    ex, ey = px / rho, py / rho
    n = unit(np.sin(face) * ex - along * ey, np.sin(face) * ey + along * ex, np.cos(face))
    solid = Solid(where, (z2 > 0) & (t >= 0) & (t <= 1), n, px, py, t, d)
    green = smooth(0.34, 0.12, t) + smooth(0.88, 0.98, t)
    albedo = mix(linear("banana"), linear("banana_green"), 0.55 * green)
    ridge = smooth(0.10, 0.0, np.abs(np.sin(2.5 * turn + 0.3 + np.pi / 2)))
    specks = smooth(0.66, 0.9, noise(seed, t * 60 + 9, d * 0.55 + 40)) * smooth(0.1, 0.4, t)
    albedo = mix(albedo, linear("brown"), 0.16 * ridge * smooth(0.2, 0.4, t) + 0.5 * specks)
    albedo = mix(albedo, linear("brown"), smooth(0.05, 0.02, t) + smooth(0.955, 0.975, t))
    paint_solid(canvas, solid, albedo, gloss=0.22, sharp=22)


def grapes(canvas: Canvas, x: float, y: float) -> None:
    """A bunch that hangs over the rim: rows of spheres, the nearest last."""
    places = []
    jitter = uniform(51, (64, 3))
    for row, count in enumerate([5, 6, 5, 5, 4, 3, 2, 1]):
        for i in range(count):
            a, b, c = jitter[len(places)]
            gx = x + (i - (count - 1) / 2) * 11.4 + 2.6 * (a - 0.5) + row * 1.1
            gy = y + row * 8.6 + 3 * (b - 0.5) + 0.02 * (gx - x) ** 2
            places.append((abs(gx - x) * -1 + 10 * c, gx, gy, 6.6 + 0.9 * c, a))
    for _, gx, gy, r, tint in sorted(places):
        g = ball(canvas, gx, gy, r)
        bloom = noise(53, g.x / 3 + gx, g.y / 3 + gy) * 0.5 + 0.25
        albedo = mix(linear("grape"), linear("grape_bloom"), 0.55 * bloom + 0.25 * tint)
        # A little light comes through on the side away from the lamp.
        glow = smooth(0.2, 1.0, -(g.n[..., :2] @ LIGHT[:2])) * 0.5
        albedo = mix(albedo, np.array([0.42, 0.03, 0.16]), glow)
        paint_solid(canvas, g, albedo, shadow=(1.6, 2.0, 1.6, 0.5), gloss=0.5, sharp=70)


def strawberry(canvas: Canvas, x: float, y: float, size: float, angle: float, seed: int) -> None:
    radii = [0, 0.42, 0.50, 0.50, 0.46, 0.39, 0.30, 0.20, 0.0]
    s = revolved(canvas, x, y, 1.12 * size, [size * k for k in radii], angle)
    around = np.arcsin(np.clip(s.v, -1, 1)) * 2.6 + 7
    row = s.t * 8
    shift = np.floor(row) % 2 * 0.5
    du, dv = (around + shift) % 1 - 0.5, row % 1 - 0.5
    pit = (
        np.exp(-((du / 0.17) ** 2) - (dv / 0.27) ** 2)
        * smooth(0.06, 0.16, s.t)
        * smooth(1, 0.92, s.t)
    )
    albedo = mix(linear("strawberry"), linear("strawberry") * 0.7, smooth(0.5, 1, s.t) * 0.5)
    albedo = mix(albedo, linear("seed"), smooth(0.55, 0.9, pit))
    paint_solid(canvas, s, albedo, -0.5 * pit, gloss=0.5, sharp=45)
    c, q = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    tx, ty = x + q * 0.50 * size, y - c * 0.50 * size
    for turn in (-78, -40, 0, 38, 76):
        leaf(canvas, tx, ty, 0.44 * size, 0.085 * size, 90 + angle + turn)
    stem(canvas, [(tx, ty), (tx + q * 3, ty - c * 4), (tx + q * 5 + 2, ty - c * 7)], 0.9, 1.0)


def draw() -> np.ndarray:
    """The picture: (HEIGHT, WIDTH, 3) uint8."""
    canvas = Canvas()
    background(canvas)
    bowl_back(canvas)
    banana(canvas, 214, 38, 76, 128, 19, 13.0, 61)
    banana(canvas, 198, 30, 86, 118, 15, 13.5, 62)
    pear(canvas, 91, 102, 66, 12)
    orange(canvas, 200, 118, 35)
    apple(canvas, 143, 117, 40, -6, 71)
    leaf(canvas, 149, 73, 25, 6.8, -28)
    canvas.darken(150, 160, 90, 6, 5, 0.35)
    bowl_front(canvas)
    grapes(canvas, 84, 126)
    canvas.darken(246, 217, 26, 4, 4, 0.7)
    lemon(canvas, 235, 206, 15.5, 76, "lime", "banana_green")
    canvas.darken(290, 235, 30, 5, 4, 0.75)
    lemon(canvas, 277, 219, 19, 108, "lemon", "banana_green")
    canvas.darken(36, 230, 18, 4, 3.5, 0.6)
    strawberry(canvas, 32, 214, 30, 24, 82)
    canvas.darken(72, 243, 20, 4, 3.5, 0.7)
    strawberry(canvas, 64, 229, 32, -38, 81)
    small = canvas.rgb.reshape(HEIGHT, SAMPLES, WIDTH, SAMPLES, 3).mean(axis=(1, 3))
    # Highlights bend over softly instead of being cut off.
    small = np.where(small > 0.8, 0.8 + 0.2 * np.tanh((small - 0.8) / 0.2), small)
    levels = 255 * np.clip(small, 0, 1) ** (1 / 2.2)
    grain = uniform(91, (4, *levels.shape)).sum(axis=0) - 2  # nearly normal, deviation 0.58
    return np.clip(np.round(levels + 1.6 * grain), 0, 255).astype(np.uint8)


def main(path: Path) -> None:
    """Write the picture as a 24-bit BMP, under its name only when it is complete."""
    part = path.with_name(path.stem + ".part" + path.suffix)
    iio.imwrite(part, draw())
    os.replace(part, path)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).with_name("fruit.bmp"))
